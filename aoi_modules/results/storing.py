"""From the spool to the database: batch by batch, in order, and again after whatever went wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.writing import Refused, store
from aoi_modules.results.record import Record
from aoi_modules.results.spool.follower import Follower, Found
from aoi_modules.results.spool.mark import Position

BATCH = 500
"""Records a transaction."""
PAUSE_SECONDS = 1.0
"""Between two tries to reach a database that is away."""
_REMEMBERED = 1000
"""Refused records of which somebody may still ask whether they are stored."""

Compose = Callable[[Record], Sequence[Letter]]
"""Writes what the way out gets about a record."""


class Storing:
    """Stores what the spool has. Made inside the running event loop.

    A record that the database refuses for ever is put into a file, so that it holds up no other. Whatever else goes
    wrong is tried again until it goes well.

    Args:
        follower: of the spool.
        database: where to.
        refused: folder of the files for what cannot be stored.
        log: learns when the database is away and back, and what was refused.
        compose: see `Compose`.

    Attributes:
        away: why nothing is stored now: what is wrong with the database, or with the disk; empty while all is well.
        refusals: records that went to `refused`.
    """

    def __init__(
        self,
        follower: Follower,
        database: Database,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        compose: Compose = lambda record: (),
    ) -> None:
        self._follower = follower
        self._database = database
        self._refused = refused
        self._log = log
        self._compose = compose
        self._decoder = msgspec.msgpack.Decoder(Record)
        self._moved = asyncio.Condition()
        self._files: dict[Position, Path] = {}
        self.away = ""
        self.refusals = 0

    async def run(self) -> None:
        """Stores until it is cancelled."""
        while True:
            await self._follower.wait()
            await self.went_well(self._store_some)
            async with self._moved:
                self._moved.notify_all()

    async def until(self, position: Position, seconds: float) -> bool:
        """Waits until everything before a position is stored; whether it was in time.

        Raises:
            ResultsError: the database refused what stands right before the position.
        """
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._follower.position >= position)
        except TimeoutError:
            return False
        if position in self._files:
            raise ResultsError(f"the database refused the inspection, which is kept in {self._files[position]}")
        return True

    async def went_well(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Does something with the database; if that is away, or a disk fails, notes it, rests and says no."""
        try:
            await work()
        except (ResultsError, OSError) as error:
            if not self.away:
                what = "database away" if isinstance(error, DatabaseAway) else "results cannot be stored"
                self._log.error(what, detail=_message(error))
            self.away = _message(error)
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        if self.away:
            self._log.info("results are stored again")
            self.away = ""
        return True

    async def _store_some(self) -> None:
        found = await self._follower.read(BATCH)
        if found:
            await self._store(found)
            self._follower.done(found[-1].position)

    async def _store(self, found: Sequence[Found]) -> None:
        try:
            records = [self._decoder.decode(entry.record) for entry in found]
            await store(self._database, records, [letter for record in records for letter in self._compose(record)])
        except (msgspec.DecodeError, Refused) as error:
            if len(found) == 1:
                self._refuse(found[0], error)
                return
            for entry in found:
                await self._store([entry])

    def _refuse(self, entry: Found, error: Exception) -> None:
        segment, offset = entry.position
        path = self._refused / f"{segment:010}-{offset}.msgpack"
        write_whole(path, entry.record)
        self.refusals += 1
        self._files[entry.position] = path
        if len(self._files) > _REMEMBERED:
            self._files.pop(next(iter(self._files)))
        self._log.error("record refused", file=str(path), detail=str(error))


def _message(error: ResultsError | OSError) -> str:
    return error.message if isinstance(error, ResultsError) else str(error)
