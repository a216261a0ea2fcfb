"""Letters of gateways that are gone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

from aoi_modules.logs import event_log
from aoi_modules.results.database import outbox, presence
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.sinks import inheriting
from aoi_modules.results.sinks.inheriting import Inheriting
from tests.results.conftest import with_database
from tests.results.sinks.outgoing import events, letters, post
from tests.results.sinks.receiver import running_receiver
from tests.results.sinks.test_sending import Running, webhook


class South:
    """A gateway at a database in which `north` has letters."""

    def __init__(self, database: Database) -> None:
        self.log = StringIO()
        self.woken = 0
        self.database = database
        self.inheriting = Inheriting(database, "south", ["quality"], event_log(self.log), self._wake)

    async def norths_seen(self, seconds_ago: float) -> None:
        moment = await presence.clock(self.database)
        await presence.note(self.database, "north", moment - timedelta(seconds=seconds_ago), left=True)

    async def has(self) -> int:
        await self.inheriting.look()
        return await outbox.waiting(self.database, "south", "quality")

    def _wake(self) -> None:
        self.woken += 1


def at(url: str, act: Callable[[South], Awaitable[None]]) -> None:
    async def run(database: Database) -> None:
        await presence.enter(database, "south")
        await act(South(database))

    with_database(url, run)


def test_what_a_gateway_that_is_gone_left_is_taken_over(database_url: str) -> None:
    async def act(south: South) -> None:
        await post(south.database, [*letters(3), *letters(1, sink="another")])
        await south.norths_seen(inheriting.GONE_SECONDS - 30)
        assert await south.has() == 0
        await south.norths_seen(inheriting.GONE_SECONDS + 1)
        assert await south.has() == 3
        assert await outbox.by_sink(south.database, "north") == {"another": 1}
        assert south.woken == 1
        (told,) = events(south.log)
        assert (told["event"], told["gateway"], told["letters"]) == ("letters taken over", "north", 3)

    at(database_url, act)


def test_a_gateway_that_was_forgotten_is_gone(database_url: str) -> None:
    async def act(south: South) -> None:
        await post(south.database, letters(2))
        await south.norths_seen(0)
        assert await south.has() == 0
        await presence.forget(south.database, "north")
        assert await south.has() == 2

    at(database_url, act)


def test_one_that_stores_nothing_and_is_there_keeps_its_letters(database_url: str) -> None:
    async def act(south: South) -> None:
        await post(south.database, letters(2))
        await presence.enter(south.database, "north")
        await presence.be_seen(south.database, "north")
        assert await south.has() == 0

    at(database_url, act)


def test_many_letters_are_taken_over_in_portions(tmp_path: Path) -> None:
    async def act(south: South) -> None:
        await post(south.database, letters(2500))
        assert await south.has() == 2500

    at(f"sqlite:///{tmp_path / 'results.db'}", act)


def test_a_gateway_sends_what_another_one_left(tmp_path: Path) -> None:
    sent = [*letters(3)]

    async def run(url: str) -> None:
        database = Database(tmp_path / "results.db")
        await migrate(database)
        line = Running(tmp_path, database, {"quality": webhook(url, tmp_path)}, gateway="south")
        await presence.enter(database, "south")
        await post(database, sent)
        line.sending.start()
        async with asyncio.timeout(240):
            while await outbox.senders(database):
                await asyncio.sleep(0.02)
        await line.sending.close()
        await database.close()

    with running_receiver() as receiver:
        asyncio.run(run(receiver.url))
    assert receiver.ids() == [letter.about for letter in sent]
