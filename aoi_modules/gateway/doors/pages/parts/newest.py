"""What was inspected last, read at most once a second however many tablets show it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from aoi_modules.results.closing import Closing
from aoi_modules.results.database import reading, unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.record import Record

PARTS, UNITS = 24, 8
"""So many are shown."""
_READ = 3 * PARTS
"""Rows that are read: shadows, checks, and pictures that were sent again are none of the line's parts."""
FRESH_SECONDS = 1.0
_MOST_KEPT = 32
"""Components whose last parts are kept in memory."""


@dataclass(frozen=True)
class Last:
    """What was inspected last, the newest first.

    Args:
        parts: of the line, one a picture.
        units: verdicts of whole units; of all components only.
    """

    parts: Sequence[Record]
    units: Sequence[Closing] = ()

    @property
    def mark(self) -> str:
        """Another one whenever there is something new to show."""
        newest = [one[0].id for one in (self.parts, self.units) if one]
        return "-".join(newest)


class Newest:
    """Keeps what was read a moment ago.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Last]] = {}
        self._turn = asyncio.Lock()

    async def last(self, database: Database, component: str = "") -> Last:
        """Gives what was inspected last.

        Args:
            database: of the results.
            component: of which; empty for all.

        Raises:
            DatabaseAway: the database does not answer.
        """
        return await self._fresh(component, lambda: _read(database, component))

    async def _fresh(self, component: str, read: Callable[[], Awaitable[Last]]) -> Last:
        async with self._turn:  # of many who ask at once one reads, and the others find it
            kept = self._kept.get(component)
            if kept is not None and self._clock() - kept[0] < FRESH_SECONDS:
                return kept[1]
            found = await read()
            self._kept.pop(component, None)
            self._kept[component] = (self._clock(), found)
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return found


async def _read(database: Database, component: str) -> Last:
    page = await reading.page(database, Filter(component=component or None), _READ)
    parts = [one for one in page.records if one.role in ("line", "canary") and one.repeats is None]
    return Last(parts[:PARTS], () if component else await unit_rows.latest(database, UNITS))
