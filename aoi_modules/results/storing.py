"""From the spool to the database: batch by batch, in order, and again after whatever went wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from aoi_modules.errors import DatabaseAway
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from aoi_modules.results.spool.follower import Follower, Found
from aoi_modules.results.spool.mark import Position

BATCH = 500
"""Records a transaction."""
PAUSE_SECONDS = 1.0
"""Between two tries to reach a database that is away."""

Compose = Callable[[Record], Sequence[Letter]]
"""Writes what the way out gets about a record."""


class Storing:
    """Stores what the spool has. Made inside the running event loop.

    A record that the database refuses for ever is put into a file, so that it holds up no other.

    Args:
        follower: of the spool.
        database: where to.
        refused: folder of the files for what cannot be stored.
        log: learns when the database is away and back, and what was refused.
        compose: see `Compose`.

    Attributes:
        away: what is wrong with the database; empty while it answers.
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
        self.away = ""
        self.refusals = 0

    async def run(self) -> None:
        """Stores until it is cancelled."""
        while True:
            await self._follower.wait()
            found = await self._follower.read(BATCH)
            if found and await self._answered(partial(self._store, found)):
                self._follower.done(found[-1].position)
                async with self._moved:
                    self._moved.notify_all()

    async def until(self, position: Position, seconds: float) -> bool:
        """Waits until everything before a position is stored; whether it was in time."""
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._follower.position >= position)
        except TimeoutError:
            return False
        return True

    async def _answered(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Does something with the database; if that is away, notes it, rests and says no."""
        try:
            await work()
        except DatabaseAway as error:
            if not self.away:
                self._log.error("database away", detail=error.message)
            self.away = error.message
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        if self.away:
            self._log.info("database back")
            self.away = ""
        return True

    async def _store(self, found: Sequence[Found]) -> None:
        try:
            records = [self._decoder.decode(entry.record) for entry in found]
            await store(self._database, records, [letter for record in records for letter in self._compose(record)])
        except (msgspec.DecodeError, SQLAlchemyError) as error:
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
        cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
        self._log.error("record refused", file=str(path), detail=cause)
