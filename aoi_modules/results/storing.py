"""From the spool to the database: records, in order, each of them once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.writing import Refused, store
from aoi_modules.results.following import Following, Place
from aoi_modules.results.record import Record
from aoi_modules.results.spool.follower import Follower, Found
from aoi_modules.results.spool.mark import Position

_REMEMBERED = 1000
"""Refused records of which somebody may still ask whether they are stored."""
_DATABASE = Place("database", DatabaseAway, one="record", many="results", taken="stored")

Compose = Callable[[Record], Sequence[Letter]]
"""Writes what the way out gets about a record."""


class Storing(Following):
    """Stores what the spool has. Made inside the running event loop.

    Args:
        follower: of the spool.
        database: where to.
        refused: folder of the files for what cannot be stored.
        log: learns when the database is away and back, and what was refused.
        compose: see `Compose`.
    """

    def __init__(
        self,
        follower: Follower,
        database: Database,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        compose: Compose = lambda record: (),
    ) -> None:
        super().__init__(follower, _DATABASE, refused, log)
        self._database = database
        self._compose = compose
        self._decoder = msgspec.msgpack.Decoder(Record)
        self._files: dict[Position, Path] = {}

    async def take(self, found: Sequence[Found]) -> None:
        """Stores records; if the database refuses one of them, the others alone.

        Raises:
            DatabaseAway: the database does not answer.
        """
        try:
            records = [self._decoder.decode(entry.record) for entry in found]
            await store(self._database, records, [letter for record in records for letter in self._compose(record)])
        except (msgspec.DecodeError, Refused) as error:
            if len(found) == 1:
                self._remember(found[0].position, self.put_aside(found[0], ".msgpack", found[0].record, error))
                return
            for entry in found:
                await self.take([entry])

    async def until(self, position: Position, seconds: float) -> bool:
        """Waits until everything before a position is stored; whether it was in time.

        Raises:
            ResultsError: the database refused what stands right before the position.
        """
        in_time = await super().until(position, seconds)
        if in_time and position in self._files:
            raise ResultsError(f"the database refused the inspection, which is kept in {self._files[position]}")
        return in_time

    def _remember(self, position: Position, path: Path) -> None:
        self._files[position] = path
        if len(self._files) > _REMEMBERED:
            self._files.pop(next(iter(self._files)))
