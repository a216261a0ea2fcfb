"""Keeping inspections: safe on disk before they are answered, in the database soon after."""

import asyncio
from collections import OrderedDict
from functools import partial
from pathlib import Path

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.record import Record
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.storing import Compose, Storing

ROWS = "rows"
"""The follower of the spool that stores records."""
LOOK_SECONDS = 0.25
"""How long a look into the database for a repeat may hold up a picture."""
CLOSE_SECONDS = 5.0
"""How long the end waits for the database."""
_RECENT = 4096
"""Records with a key that are known without a look into the database."""


class Recorder:
    """Keeps the inspections of one gateway. Made inside the running event loop.

    Args:
        spool: with a follower `ROWS`.
        database: of the results.
        refused: see `Storing`.
        log: learns what goes wrong.
        compose: see `Storing`.
    """

    def __init__(
        self,
        spool: Spool,
        database: Database,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        compose: Compose = lambda record: (),
    ) -> None:
        self._spool = spool
        self.database = database
        self.storing = Storing(spool.follower(ROWS), database, refused, log, compose)
        self._log = log
        self._encoder = msgspec.msgpack.Encoder()
        self._recent: OrderedDict[str, Record] = OrderedDict()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._note_end)

    async def keep(self, record: Record, picture: bytes = b"", *, committed_within: float | None = None) -> None:
        """Keeps a record. On return it is safe on disk; its way to the database goes on by itself.

        Args:
            record: what was found.
            picture: that is to be kept with it; empty for none.
            committed_within: waits so many seconds until the database has it, too.

        Raises:
            SpoolFull: the disk did not take it.
            DatabaseAway: it is on disk, but the database had it not in time.
            ResultsError: the recorder is closed, or the database refused the record.
        """
        position = await self._spool.append(self._encoder.encode(record), picture)
        if record.key is not None:
            self._remember(record.key, record)
        if committed_within is not None and not await self.storing.until(position, committed_within):
            raise DatabaseAway(
                f"the inspection {record.id} is safe on disk, but it was not in the database within "
                f"{committed_within:.3g} s",
                hint="it will be stored; send the picture again with the same key to have its answer",
            )

    async def known(self, key: str) -> Record | None:
        """The record that had a key first; None if there is none, or nobody can say so now."""
        if key in self._recent:
            self._recent.move_to_end(key)
            return self._recent[key]
        if self.storing.away:
            return None
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await reading.by_key(self.database, key)
        except (DatabaseAway, TimeoutError):
            return None

    async def close(self) -> None:
        """Stores what it can, and closes spool and database. What stays in the spool is stored by the next run."""
        await self._spool.close()
        if not self.storing.away:
            await self.storing.until(self._spool.end, CLOSE_SECONDS)
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.database.close()

    def _remember(self, key: str, record: Record) -> None:
        self._recent.setdefault(key, record)
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    async def _run(self) -> None:
        """Migrates the database as soon as it answers, and stores."""
        while not await self.storing.went_well(partial(migrate, self.database)):
            pass
        await self.storing.run()

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        """What ends the storing but `close` is a mistake of ours; it must not go unseen."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.storing.away = f"{type(error).__name__}: {error}"
            self._log.critical("storing ended", exc_info=error)
