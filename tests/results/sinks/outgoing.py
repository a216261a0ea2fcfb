"""Databases with letters for tests of the way out."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from tests.results.sinks.made import record

PATIENCE = 240.0


def letters(count: int, sink: str = "quality", **changes: Any) -> list[Letter]:
    """Letters about inspections of the gateway `north`, oldest first."""
    found = [record(number=number, **changes) for number in range(count)]
    return [Letter(sink, "north", one.id, inspection_message(one)) for one in found]


async def post(database: Database, sent: Sequence[Letter]) -> None:
    """Puts letters into the outbox."""
    async with database.transaction() as connection:
        await outbox.put(connection, sent)


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """The port of a server that takes what it is sent and never answers."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def until(true: Callable[[], bool]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


def events(log: StringIO) -> list[dict[str, Any]]:
    """What was logged."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def first_times(ids: Sequence[str]) -> list[str]:
    """Ids in the order in which each came first: what comes twice is no harm."""
    return list(dict.fromkeys(ids))
