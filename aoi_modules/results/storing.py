"""From the spool to the database: records and closings, in order, each of them once."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.results.closing import Closing
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.writing import Beside, Refused, store
from aoi_modules.results.following import Following, Place
from aoi_modules.results.record import Record
from aoi_modules.results.spool.follower import Follower, Found
from aoi_modules.results.spool.mark import Position

_REMEMBERED = 1000
"""Refused records of which somebody may still ask whether they are stored."""
_DATABASE = Place("database", DatabaseAway, one="record", many="results", taken="stored")

Kept = Record | Closing
"""What the spool holds."""
Compose = Callable[[Kept], Sequence[Letter]]
"""Writes what the way out gets about something that is kept, as it is stored."""
Stored = Callable[[Sequence[Record], Sequence[Closing]], Awaitable[None]]
"""Does what new records in the database give reason for, and stores closings, which come behind their records."""


class Storing(Following):
    """Stores what the spool has. Made inside the running event loop.

    Args:
        follower: of the spool.
        database: where to.
        refused: folder of the files for what cannot be stored.
        log: learns when the database is away and back, and what was refused.
        compose: see `Compose`.
        stored: see `Stored`.
        beside: see `writing.Beside`.
    """

    def __init__(
        self,
        follower: Follower,
        database: Database,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        compose: Compose = lambda kept: (),
        stored: Stored | None = None,
        beside: Beside | None = None,
    ) -> None:
        super().__init__(follower, _DATABASE, refused, log)
        self._database = database
        self._compose = compose
        self._stored = stored
        self._beside = beside
        self._decoder = msgspec.msgpack.Decoder(Kept)
        self._files: dict[Position, Path] = {}

    async def take(self, found: Sequence[Found]) -> None:
        """Stores records, and hands closings on; if the database refuses one of them, the others alone.

        Raises:
            DatabaseAway: the database does not answer.
        """
        try:
            await self._store([self._decoder.decode(entry.record) for entry in found])
        except (msgspec.DecodeError, Refused, DBAPIError) as error:
            if len(found) == 1:
                self._remember(found[0].position, self.put_aside(found[0], ".msgpack", found[0].record, error))
                return
            for entry in found:
                await self.take([entry])

    async def stored(self, position: Position, seconds: float) -> bool:
        """Waits until what stands right before a position is stored; whether it was in time.

        Raises:
            ResultsError: the database refused it.
        """
        in_time = await self.until(position, seconds)
        if in_time and position in self._files:
            raise ResultsError(f"the database refused the inspection, which is kept in {self._files[position]}")
        return in_time

    async def _store(self, kept: Sequence[Kept]) -> None:
        records = [one for one in kept if isinstance(one, Record)]
        new = await store(self._database, records, self._compose, self._beside)
        if self._stored is not None:
            await self._stored(new, [one for one in kept if isinstance(one, Closing)])

    def _remember(self, position: Position, path: Path) -> None:
        self._files[position] = path
        if len(self._files) > _REMEMBERED:
            self._files.pop(next(iter(self._files)))
