"""Answers that are held back for a moment while the gRPC port closes, so that no call gets lost in it.

gRPC cancels a call that reaches a server after its order to stop and before the client has heard of that. A client
that waits for an answer sends no call. So all answers wait from shortly before that order until the clients have heard
of it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SETTLE_SECONDS = 0.05
"""So long what is on its way to or from a client may take."""


class HeldAnswers:
    """Whether answers may go out. Lives on one event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    async def may_go(self) -> None:
        """Waits while answers are held; else returns at once."""
        await self._free.wait()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Holds answers during the block, which begins when calls that were sent have arrived."""
        self._free.clear()
        try:
            await asyncio.sleep(SETTLE_SECONDS)
            yield
            await asyncio.sleep(SETTLE_SECONDS)
        finally:
            self._free.set()
