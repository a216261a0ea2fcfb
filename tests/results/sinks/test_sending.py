"""The way out of one gateway: from what is recorded to real brokers and webhooks, through kills on the way."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aoi_modules.logs import event_log
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.record import Record
from aoi_modules.results.recorder import ROWS, Recorder
from aoi_modules.results.sinks import forwarder
from aoi_modules.results.sinks.destinations import Destinations
from aoi_modules.results.sinks.messages.guids import guid
from aoi_modules.results.sinks.sending import Sending
from aoi_modules.results.spool.journal import Spool
from aoi_modules.verdict import Verdict
from tests import services
from tests.mosquitto import REMEMBERING, Subscriber, running_mosquitto
from tests.results.sinks.made import closing, record
from tests.results.sinks.outgoing import PATIENCE, events, first_times, letters, post, until
from tests.results.sinks.receiver import Said, running_receiver
from tests.results.spool.spools import opened

CHILD = """
import asyncio, json, sys
from pathlib import Path
import msgspec
from aoi_modules.logs import event_log
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.sinks.destinations import Destinations
from aoi_modules.results.sinks.sending import Sending

async def main(folder):
    database = Database(folder / "results.db")
    sinks = msgspec.json.decode((folder / "sinks.json").read_bytes(), type=Destinations)
    sending = Sending(database, "north", sinks, folder / "aside", event_log())
    sending.start()
    while await outbox.by_sink(database, "north"):
        await asyncio.sleep(0.02)
    await sending.close()
    await database.close()

asyncio.run(main(Path(sys.argv[1])))
"""
"""Sends what is there."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarder, "LONGEST_PAUSE", 0.1)


class Running:
    """A way out, with what belongs to it."""

    def __init__(
        self, folder: Path, database: Database, sinks: Mapping[str, Mapping[str, Any]], gateway: str = "north"
    ) -> None:
        self.log = StringIO()
        self.folder = folder
        self.database = database
        read = msgspec.convert(sinks, Destinations)
        self.sending = Sending(database, gateway, read, folder / "aside", event_log(self.log))

    def recorder(self, spool: Spool, url: str) -> Recorder:
        """Keeps records in the same database, and tells this way out of them."""
        refused = self.folder / "refused"
        return Recorder(spool, Database(url), refused, event_log(self.log), compose=self.sending.compose)

    async def done(self) -> None:
        """Waits until nothing is left in the outbox."""
        async with asyncio.timeout(PATIENCE):
            while await outbox.by_sink(self.database, "north"):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path, url: str, **sinks: Mapping[str, Any]) -> AsyncIterator[Running]:
    database = Database(url)
    await migrate(database)
    run = Running(folder, database, sinks)
    run.sending.start()
    try:
        yield run
    finally:
        await run.sending.close()
        await database.close()


def webhook(url: str, folder: Path, **more: Any) -> dict[str, Any]:
    (folder / "secret").write_text("a secret")
    return {"webhook": url, "secret_file": str(folder / "secret"), **more}


def test_what_is_recorded_is_told_to_each_sink_that_wants_it(tmp_path: Path, database_url: str) -> None:
    kept = [
        record(number=1),
        record(Verdict.FAIL, number=2),
        record(Verdict.FAIL, number=3, role="canary"),
        record(Verdict.FAIL, number=4, role="shadow"),
    ]

    async def run(all_url: str, failed_url: str) -> None:
        sinks = {
            "all": webhook(all_url, tmp_path),
            "failed": webhook(failed_url, tmp_path, verdicts=["FAIL"], roles=["line", "shadow"], picture_url="at/{id}"),
        }
        async with running(tmp_path, database_url, **sinks) as line, opened(tmp_path / "spool", ROWS) as spool:
            recorder = line.recorder(spool, database_url)
            try:
                for one in kept:
                    await recorder.keep(one, committed_within=PATIENCE)
                await line.done()
            finally:
                await recorder.close()
            assert [forwarder.name for forwarder in line.sending.forwarders] == ["all", "failed"]
            assert [forwarder.sent for forwarder in line.sending.forwarders] == [3, 2]

    with running_receiver() as everything, running_receiver() as failed:
        asyncio.run(run(everything.url, failed.url))
    assert everything.ids() == [one.id for one in kept[:3]]
    assert failed.ids() == [kept[1].id, kept[3].id]
    assert json.loads(failed.requests[0].body)["UniqueID"] == guid(kept[1].id)


def test_repeats_and_closed_units_are_told_as_they_are_stored(tmp_path: Path) -> None:
    first, again = (record(number=number, unit="A7", key="a" * 32) for number in (1, 2))
    units = [closing(Verdict.FAIL, (), Verdict.FAIL, revision=0) for _ in range(2)]

    async def run(url: str) -> None:
        database_url = f"sqlite:///{tmp_path / 'results.db'}"
        async with (
            running(tmp_path, database_url, quality=webhook(url, tmp_path)) as line,
            opened(tmp_path / "spool", ROWS) as spool,
        ):
            recorder = line.recorder(spool, database_url)
            await recorder.keep(first)
            await recorder.keep(again)
            for unit in units:
                await recorder.keep_closing(unit)
            await recorder.keep(record(number=3), committed_within=PATIENCE)
            await line.done()
            await recorder.close()

    with running_receiver() as receiver:
        asyncio.run(run(receiver.url))
    told = {request.headers["webhook-id"]: json.loads(request.body)["MessageBody"] for request in receiver.requests}
    assert len(told) == 5
    assert [told[one.id]["Aoi"]["Repeats"] for one in (first, again)] == [None, first.id]
    assert [(told[unit.id]["Aoi"]["Run"], told[unit.id]["Aoi"]["Revision"]) for unit in units] == [(1, 1), (2, 1)]
    ids = [first.id, again.id, *(unit.id for unit in units)]
    assert len({told[one]["TransactionId"] for one in ids}) == 1


def test_letters_to_a_sink_that_is_no_longer_named_are_told(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        database = Database(tmp_path / "results.db")
        await migrate(database)
        await post(database, letters(3, sink="old"))
        line = Running(tmp_path, database, {"quality": webhook(url, tmp_path)})
        line.sending.start()
        await until(lambda: any(event["event"] == "letters left behind" for event in events(line.log)))
        await line.sending.close()
        await database.close()
        (told,) = [event for event in events(line.log) if event["event"] == "letters left behind"]
        assert (told["sink"], told["waiting"]) == ("old", 3)

    with running_receiver() as receiver:
        asyncio.run(run(receiver.url))


def test_storing_and_sending_are_not_in_each_others_way(tmp_path: Path) -> None:
    """In SQLite only one writes at a time."""
    kept = [record(number=number) for number in range(400)]

    async def run(url: str) -> None:
        database_url = f"sqlite:///{tmp_path / 'results.db'}"
        async with (
            running(tmp_path, database_url, quality=webhook(url, tmp_path)) as line,
            opened(tmp_path / "spool", ROWS) as spool,
        ):
            recorder = line.recorder(spool, database_url)
            for start in range(0, len(kept), 8):
                await asyncio.gather(*(recorder.keep(one) for one in kept[start : start + 8]))
            await recorder.keep(last := record(number=1000), committed_within=PATIENCE)
            kept.append(last)
            await line.done()
            await recorder.close()
            assert [event["event"] for event in events(line.log)] == ["sink there"]

    with running_receiver() as receiver:
        asyncio.run(run(receiver.url))
    assert sorted(receiver.ids()) == sorted(one.id for one in kept)


def sent_ids(subscriber_messages: Sequence[tuple[str, str]]) -> list[str]:
    return [json.loads(message)["UniqueID"] for _, message in subscriber_messages]


@services.need(services.MOSQUITTO)
def test_a_broker_that_is_killed_in_the_middle_gets_every_letter_in_order(tmp_path: Path) -> None:
    sent = letters(600, sink="line")

    async def run() -> None:
        with running_mosquitto(tmp_path, *REMEMBERING) as broker:
            sink = {"mqtt": broker.url, "password_file": broker.password_file}
            async with running(tmp_path, f"sqlite:///{tmp_path / 'results.db'}", line=sink) as line:
                (forwarder,) = line.sending.forwarders
                with Subscriber(broker) as before:
                    await post(line.database, sent)
                    line.sending.wake()
                    await until(lambda: len(before.messages) >= 100)
                    broker.kill()
                    await until(lambda: forwarder.away != "")
                broker.start()
                with Subscriber(broker, before.messages) as after:
                    await line.done()
                    await until(lambda: len(first_times(sent_ids(after.messages))) == len(sent))
                assert forwarder.sent >= len(sent)
                *first, away, back = [event["event"] for event in events(line.log)]
                assert (away, back) == ("sink away", "sink there")
                assert first in ([], ["sink there"]), "it is said after a whole portion, which the kill may cut short"
                arrived.extend(sent_ids(after.messages))

    arrived: list[str] = []
    asyncio.run(run())
    assert first_times(arrived) == [guid(letter.about) for letter in sent]


def killed_in_the_middle(folder: Path, arrived: Sequence[object], count: int) -> None:
    """Runs a child that sends, kills it when some letters have arrived, and runs another one to the end."""
    command = [sys.executable, "-c", CHILD, str(folder)]
    with subprocess.Popen(command) as child:
        try:
            asyncio.run(until(lambda: len(arrived) >= count or child.poll() is not None))
            assert child.poll() is None
        finally:
            child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert subprocess.run(command, timeout=120, check=False).returncode == 0


def prepared(folder: Path, sent: Sequence[Letter], **sinks: Any) -> None:
    """Puts letters into a database."""

    async def run() -> None:
        database = Database(folder / "results.db")
        await migrate(database)
        await post(database, sent)
        await database.close()

    asyncio.run(run())
    (folder / "sinks.json").write_text(json.dumps(sinks))


def test_a_gateway_that_is_killed_while_it_posts_loses_nothing(tmp_path: Path) -> None:
    sent = letters(300)
    with running_receiver() as receiver:
        prepared(tmp_path, sent, quality=webhook(receiver.url, tmp_path))
        killed_in_the_middle(tmp_path, receiver.requests, 50)
    assert first_times(receiver.ids()) == [letter.about for letter in sent]


@services.need(services.MOSQUITTO)
def test_a_gateway_that_is_killed_while_it_publishes_loses_nothing(tmp_path: Path) -> None:
    sent = letters(1000, sink="line")
    with running_mosquitto(tmp_path) as broker, Subscriber(broker) as subscriber:
        prepared(tmp_path, sent, line={"mqtt": broker.url, "password_file": broker.password_file})
        killed_in_the_middle(tmp_path, subscriber.messages, 50)
        asyncio.run(until(lambda: len(first_times(sent_ids(subscriber.messages))) == len(sent)))
    assert first_times(sent_ids(subscriber.messages)) == [guid(letter.about) for letter in sent]


def test_one_sink_that_is_away_holds_up_no_other(tmp_path: Path) -> None:
    sent = [record(number=number) for number in range(5)]

    async def run(there: str, away: str) -> None:
        sinks = {"there": webhook(there, tmp_path), "away": webhook(away, tmp_path)}
        async with running(tmp_path, f"sqlite:///{tmp_path / 'results.db'}", **sinks) as line:
            await post(line.database, [letter for one in sent for letter in composed(line, one)])
            line.sending.wake()
            first, second = line.sending.forwarders
            await until(lambda: first.waiting == 0 and first.sent == len(sent) and second.away != "")
            assert await outbox.by_sink(line.database, "north") == {"away": len(sent)}

    def composed(line: Running, one: Record) -> list[Letter]:
        return line.sending.compose(one)

    with running_receiver() as there, running_receiver() as away:
        away.otherwise = Said(503)
        asyncio.run(run(there.url, away.url))
