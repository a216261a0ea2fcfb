"""Asking the servers behind one name by turns, for a version that only some of them have at the moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aoi_modules.client.grpc.addresses import may_be_several
from aoi_modules.errors import RpcError

TURNS, PAUSE_SECONDS = 16, 0.01
"""How often they are asked, and the pause between."""

Answer = TypeVar("Answer")


async def by_turns(address: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Asks about a version until a server that has it is met.

    gRPC passes a name's servers the calls by turns. While a version comes or goes, the one that named it has it and
    the next one may not; a client that starts over with both questions would meet the two in the same order again.

    Args:
        address: where they are; one that leads to a single server is asked once.
        ask: makes the call.

    Raises:
        RpcError: what the last one said, where none has it; any other refusal at once.
    """
    for _ in range(TURNS - 1 if may_be_several(address) else 0):
        try:
            return await ask()
        except RpcError as error:
            if error.code != "NOT_FOUND":
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    return await ask()
