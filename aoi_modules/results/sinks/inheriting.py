"""Letters of gateways that are gone: another one at the same database, which has a sink of that name, sends them.

A gateway is gone when it was not seen for `GONE_SECONDS`, or when `aoi results forget` named it. If it comes back, it
finds its letters sent; one that it had under way comes twice, with the same id.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.database import outbox, presence
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest

GONE_SECONDS = 120.0
"""A gateway is seen every ten seconds, and every half minute while it stores what a database missed."""
LOOK_SECONDS = 20.0
"""Between two looks for such letters."""
_AT_ONCE = 1000


class Inheriting:
    """Looks for letters of gateways that are gone.

    Args:
        database: that has the outbox.
        gateway: that sends them.
        sinks: it has these.
        log: learns what was taken over.
        wake: says that letters are there.
    """

    def __init__(
        self,
        database: Database,
        gateway: str,
        sinks: Collection[str],
        log: structlog.stdlib.BoundLogger,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._sinks = sorted(sinks)
        self._log = log
        self._wake = wake

    async def run(self, ending: asyncio.Event) -> None:
        """Looks again and again, until it is told to end."""
        while self._sinks and not ending.is_set():
            with suppress(DatabaseAway, SQLAlchemyError):  # told by those who store; two may be in each other's way
                await self.look()
            await rest(ending, LOOK_SECONDS)

    async def look(self) -> None:
        """Takes over what there is.

        Raises:
            DatabaseAway: the database does not answer.
        """
        for name in await self._gone():
            count = 0
            while taken := await outbox.take_over(self._database, self._gateway, name, self._sinks, _AT_ONCE):
                count += taken
            if count:
                self._log.warning("letters taken over", gateway=name, letters=count)
                self._wake()

    async def _gone(self) -> list[str]:
        """The gateways that have letters and send none."""
        senders = [name for name in await outbox.senders(self._database) if name != self._gateway]
        if not senders:
            return []
        seen = await presence.seen_last(self._database)
        late = await presence.clock(self._database) - timedelta(seconds=GONE_SECONDS)
        return [name for name in senders if name not in seen or seen[name] < late]
