"""A forwarder that runs, for tests of the way from the outbox to one sink."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest

from aoi_modules.logs import event_log
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks import forwarder
from aoi_modules.results.sinks.delivery import Sender
from aoi_modules.results.sinks.forwarder import Forwarder
from aoi_modules.results.sinks.held import Held
from aoi_modules.results.sinks.webhook import Webhook
from tests.results.sinks.outgoing import events, post
from tests.results.sinks.receiver import Receiver


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHORTEST_PAUSE", "LONGEST_PAUSE", "DATABASE_SECONDS", "IDLE_SECONDS"):
        monkeypatch.setattr(forwarder, name, 0.02)


class Running:
    """A forwarder that runs, with what belongs to it."""

    def __init__(self, folder: Path, database: Database, sender: Sender, held: Held | None) -> None:
        self.log = StringIO()
        self.aside = folder / "aside"
        self.database = database
        self.forwarder = Forwarder("quality", sender, database, "north", self.aside, event_log(self.log), held)

    async def done(self) -> None:
        """Waits until nothing is left in the outbox."""
        async with asyncio.timeout(240):
            while await outbox.waiting(self.database, "north", "quality"):
                await asyncio.sleep(0.01)

    def told(self) -> list[str]:
        return [event["event"] for event in events(self.log)]


@asynccontextmanager
async def running(
    folder: Path, database_url: str, sender: Sender, posted: Sequence[Letter] = (), held: Held | None = None
) -> AsyncIterator[Running]:
    database = Database(database_url)
    await migrate(database)
    await post(database, posted)
    run = Running(folder, database, sender, held)
    run.forwarder.start()
    try:
        yield run
    finally:
        await run.forwarder.close()
        await database.close()


def to(receiver: Receiver, folder: Path) -> Webhook:
    (folder / "secret").write_text("a secret")
    return Webhook(receiver.url, str(folder / "secret"))
