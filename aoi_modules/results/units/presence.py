"""What gateways know of each other: up to when each of them has stored what it accepted."""

import asyncio
import time
from collections.abc import Collection
from datetime import datetime

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.database import presence
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.storing import Storing

BEAT_SECONDS = 1.0
"""Between two notes of a gateway that is not alone; one that is alone looks as often whether it still is."""
ALONE_SECONDS = 10.0
"""Between two notes of one that is alone: nobody waits for it."""
STORE_SECONDS = 30.0
"""How long a note waits for what was accepted before it; there is none then, and others wait."""
_LOOK_SECONDS = 0.1


class Presence:
    """Notes for a gateway up to when everything it accepted is stored, and looks at the notes of others.

    All times are of the database's clock.

    Args:
        database: where the notes are.
        gateway: the own name.
        spool: what was accepted.
        storing: its way to the database.
    """

    def __init__(self, database: Database, gateway: str, spool: Spool, storing: Storing) -> None:
        self._database = database
        self._gateway = gateway
        self._spool = spool
        self._storing = storing

    async def run(self, stopping: asyncio.Event) -> None:
        """Notes until it is told to stop."""
        noted = -ALONE_SECONDS
        while not stopping.is_set():
            try:
                alone = not await presence.others(self._database, self._gateway)
                if not alone or time.monotonic() - noted >= ALONE_SECONDS:
                    await presence.be_seen(self._database, self._gateway)
                    await self._note_stored()
                    noted = time.monotonic()
            except DatabaseAway:  # told by `Storing`, which cannot do without it either
                pass
            await rest(stopping, BEAT_SECONDS)

    async def note(self) -> None:
        """Makes the gateway known, with nothing stored since it was known last.

        Raises:
            DatabaseAway: the database does not answer.
        """
        await presence.enter(self._database, self._gateway)

    async def leave(self) -> None:
        """Notes that the gateway stops, if everything it accepted is stored: nobody has to wait for it."""
        try:
            if not self._storing.away and await self._storing.until(self._spool.end, 0.0):
                await presence.note(self._database, self._gateway, await presence.clock(self._database), left=True)
        except DatabaseAway:  # then others wait, which is right: it may be that something is not stored
            return

    async def own_stored(self, seconds: float) -> bool:
        """Waits until everything that this gateway accepted so far is stored; whether it was in time."""
        return await self._storing.until(self._spool.end, seconds)

    async def behind(self, moment: datetime, seconds: float, among: Collection[str] | None = None) -> list[str]:
        """The other gateways that may not have stored yet what they accepted before a moment.

        Args:
            moment: of the database's clock.
            seconds: how long to wait for them.
            among: only these are looked at; None for all.

        Raises:
            DatabaseAway: the database does not answer.
        """
        end = asyncio.get_running_loop().time() + seconds
        while True:
            found = await presence.others(self._database, self._gateway)
            late = [name for name, until in found.items() if until < moment and (among is None or name in among)]
            if not late or asyncio.get_running_loop().time() >= end:
                return sorted(late)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _note_stored(self) -> None:
        moment = await presence.clock(self._database)
        if await self._storing.until(self._spool.end, STORE_SECONDS):
            await presence.note(self._database, self._gateway, moment)
