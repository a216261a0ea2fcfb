"""Pictures expire once an hour, beside the work of a gateway."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from aoi_modules.errors import ResultsError
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest
from aoi_modules.results.pictures.expiry import expire
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.pictures.store import PictureStore

EVERY_SECONDS = 3600.0
RETRY_SECONDS = 60.0
"""After a round that broke off."""


class Rounds:
    """Deletes what is over its age, round after round, and logs each in one line, if anything has an age here.

    Args:
        database: of the records.
        store: of their pictures.
        retention: how long these stay, as it is now.
        log: learns what went, and why a round broke off.
    """

    def __init__(
        self,
        database: Database,
        store: PictureStore,
        retention: Callable[[], Retention],
        log: structlog.stdlib.BoundLogger,
    ) -> None:
        self._database = database
        self._store = store
        self._retention = retention
        self._log = log

    async def run(self, stopping: asyncio.Event) -> None:
        """Goes round until it is told to stop."""
        while not await rest(stopping, EVERY_SECONDS if await self.went_well() else RETRY_SECONDS):
            pass

    async def went_well(self) -> bool:
        """One round; says whether it came to its end."""
        try:
            expiry = await expire(self._database, self._store, self._retention())
        except ResultsError as error:
            self._log.error("pictures cannot expire now", detail=error.message)
            return False
        if expiry.pictures or expiry.unjudged:
            self._log.info("pictures expired", **msgspec.to_builtins(expiry))
        return True
