"""The way into the database at a start: it answers, and its tables are those that this release needs."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from aoi_modules.errors import SchemaBehind
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import prepare

MIGRATION_SECONDS = 60.0
"""How long a start waits for whoever migrates PostgreSQL, as a Job of Kubernetes that may run just now."""
_LOOK_SECONDS = 0.1


class Entering:
    """Whether a gateway has come into its database. Made inside the running event loop.

    Args:
        database: of the results.
        log: learns who is waited for, and where a copy of a file lies.
    """

    def __init__(self, database: Database, log: structlog.stdlib.BoundLogger) -> None:
        self._database = database
        self._log = log
        self._behind: SchemaBehind | None = None
        self._at_work = False
        self._done, self._answered = asyncio.Event(), asyncio.Event()

    async def prepare(self) -> None:
        """Makes sure of the tables, as `migrating.prepare` does.

        Raises:
            ResultsError: see there.
        """
        self._at_work = self._database.is_sqlite  # a large file takes its time, and is soon ready
        behind: SchemaBehind | None = None
        try:
            copy = await prepare(self._database)
        except SchemaBehind as error:
            behind = error
            self._answered.set()
            raise
        finally:
            self._behind, self._at_work = behind, False
        if copy is not None:
            self._log.info("database migrated", copy_as_it_was=str(copy))

    def done(self) -> None:
        """Notes that the gateway is in."""
        self._done.set()
        self._answered.set()

    async def wait(self, seconds: float, stopping: Callable[[], bool] = lambda: False) -> None:
        """Waits until the gateway is in, or until the time has passed; longer only for a migration.

        Args:
            seconds: for a database that does not answer.
            stopping: whether nobody wants the gateway any more.

        Raises:
            SchemaBehind: nobody migrated the database within `MIGRATION_SECONDS`.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._answered.wait()
        while self._at_work and not self._done.is_set():
            await asyncio.sleep(_LOOK_SECONDS)
        if self._behind is not None:
            await self._wait_for_migration(self._behind, stopping)

    async def _wait_for_migration(self, behind: SchemaBehind, stopping: Callable[[], bool]) -> None:
        self._log.warning(
            "waiting for the migration of the database",
            detail=behind.message,
            hint=behind.hint,
            seconds=MIGRATION_SECONDS,
        )
        end = time.monotonic() + MIGRATION_SECONDS
        while self._behind is not None and time.monotonic() < end and not stopping():
            await asyncio.sleep(_LOOK_SECONDS)
        if self._behind is not None:
            raise self._behind
