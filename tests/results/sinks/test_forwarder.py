"""From the outbox to a sink, whatever goes wrong on the way."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks import forwarder
from aoi_modules.results.sinks.delivery import TAKEN, Delivery
from aoi_modules.results.sinks.webhook import Webhook
from tests import services
from tests.postgresql import running_postgresql
from tests.results.sinks.forwarding import running, short_pauses, to
from tests.results.sinks.outgoing import events, letters, post, until
from tests.results.sinks.receiver import OK, Receiver, Said, running_receiver

__all__ = ["short_pauses"]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'results.db'}"


def test_what_is_in_the_outbox_is_sent_in_order_and_forgotten(tmp_path: Path, database_url: str) -> None:
    sent = letters(50)

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, database_url, to(receiver, tmp_path), sent) as line:
            await post(line.database, letters(1, sink="another"))
            await line.done()
            await until(lambda: line.forwarder.waiting == 0)
            assert (line.forwarder.sent, line.forwarder.refused, line.forwarder.away) == (50, 0, "")
            assert await outbox.by_sink(line.database, "north") == {"another": 1}
            assert line.told() == ["sink there"]

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
    assert receiver.ids() == [letter.about for letter in sent]


def test_letters_that_come_later_are_found_and_a_word_wakes(
    tmp_path: Path, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = letters(3)

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path), [first]) as line:
            await line.done()
            await post(line.database, [second])
            await line.done()
            monkeypatch.setattr(forwarder, "IDLE_SECONDS", 600)
            await asyncio.sleep(0.1)
            await post(line.database, [third])
            line.forwarder.wake()
            await line.done()

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
    assert len(receiver.requests) == 3


def test_an_error_is_tried_again_until_it_goes_well(tmp_path: Path, sqlite: str) -> None:
    sent = letters(3)

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent) as line:
            before = line.forwarder.since
            await line.done()
            assert line.forwarder.sent == 3
            assert line.told() == ["sink away", "sink there"]
            assert line.forwarder.since > before
            assert "says 500" in events(line.log)[0]["detail"]

    with running_receiver() as receiver:
        receiver.answers = [OK, Said(500), Said(503), None, OK]
        asyncio.run(run(receiver))
    first, second, third = (letter.about for letter in sent)
    assert receiver.ids() == [first, second, second, second, second, third]


def test_a_receiver_that_is_not_there_yet_is_waited_for(tmp_path: Path, sqlite: str, free_port: int) -> None:
    sent = letters(3)
    secret = tmp_path / "secret"
    secret.write_text("a secret")

    async def run() -> None:
        sender = Webhook(f"http://127.0.0.1:{free_port}", str(secret))
        async with running(tmp_path, sqlite, sender, sent) as line:
            await until(lambda: line.forwarder.away.endswith("does not answer: Connection refused"))
            assert (line.forwarder.waiting, line.forwarder.sent) == (3, 0)
            with running_receiver(free_port) as receiver:
                await line.done()
                await until(lambda: line.forwarder.away == "")
            assert receiver.ids() == [letter.about for letter in sent]

    asyncio.run(run())


def test_retry_after_is_kept(tmp_path: Path, sqlite: str) -> None:
    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path), letters(2)) as line:
            await line.done()

    with running_receiver() as receiver:
        receiver.answers = [OK, Said(429, {"retry-after": "1"})]
        asyncio.run(run(receiver))
    _, second, third = receiver.requests
    assert third.moment - second.moment >= 1.0


def test_what_is_refused_for_ever_is_set_aside_with_the_reason_and_holds_up_no_other(
    tmp_path: Path, sqlite: str
) -> None:
    sent = letters(3)

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent) as line:
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused, line.forwarder.away) == (2, 1, "")
            (told,) = [event for event in events(line.log) if event["event"] == "letter refused"]
            assert told["about"] == sent[1].about
            assert "no such unit" in told["detail"]
            assert "no such unit" in Path(told["file"]).read_text()

    with running_receiver() as receiver:
        receiver.answers = [OK, Said(400, body=b"no such unit"), OK]
        asyncio.run(run(receiver))
    assert [path.stem for path in (tmp_path / "aside" / "quality").iterdir()] == [sent[1].about]


def test_what_may_be_mended_is_held_and_sent_when_it_is(tmp_path: Path, sqlite: str) -> None:
    async def run(receiver: Receiver) -> None:
        receiver.otherwise = Said(401)
        async with running(tmp_path, sqlite, to(receiver, tmp_path), letters(2)) as line:
            await until(lambda: len(receiver.requests) > 3)
            assert "says 401" in line.forwarder.away
            receiver.otherwise = OK
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused) == (2, 0)

    with running_receiver() as receiver:
        asyncio.run(run(receiver))


def test_a_letter_that_cannot_be_set_aside_stays(tmp_path: Path, sqlite: str) -> None:
    (tmp_path / "aside").write_text("no folder")

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path), letters(2)) as line:
            await until(lambda: line.forwarder.sent == 1)
            await until(lambda: f"{tmp_path / 'aside'}: cannot be written" in line.forwarder.away)
            assert await outbox.waiting(line.database, "north", "quality") == 1
            (tmp_path / "aside").unlink()
            await line.done()
            assert line.forwarder.refused == 1

    with running_receiver() as receiver:
        receiver.answers = [Said(422), OK]
        receiver.otherwise = Said(422)
        asyncio.run(run(receiver))


def test_a_database_without_tables_is_waited_for(tmp_path: Path, sqlite: str) -> None:
    async def rename(database: Database, old: str, new: str) -> None:
        async with database.transaction() as connection:
            await connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    async def run(receiver: Receiver) -> None:
        async with running(tmp_path, sqlite, to(receiver, tmp_path)) as line:
            await rename(line.database, "outbox", "gone")
            await until(lambda: line.forwarder.away == "")
            await rename(line.database, "gone", "outbox")
            await post(line.database, letters(2))
            await line.done()
            assert line.told() == ["sink there"]

    with running_receiver() as receiver:
        asyncio.run(run(receiver))


class Stubborn:
    """A sender that fails once by a mistake of ours, and takes its time for each letter."""

    at_once = 2

    def __init__(self) -> None:
        self.faults = 1
        self.taken: list[Letter] = []
        self.hold = asyncio.Event()
        self.closed = False

    async def deliver(self, letters: Sequence[Letter]) -> Delivery:
        if letters and self.faults:
            self.faults -= 1
            raise KeyError("mistake")
        if letters:
            self.taken += letters
            await self.hold.wait()
        return Delivery([TAKEN] * len(letters))

    async def close(self) -> None:
        self.closed = True


def test_a_mistake_of_ours_is_told_and_ends_nothing(tmp_path: Path, sqlite: str) -> None:
    async def run() -> None:
        sender = Stubborn()
        sender.hold.set()
        async with running(tmp_path, sqlite, sender, letters(5)) as line:
            await line.done()
            assert line.forwarder.sent == 5
            told = events(line.log)
            assert [event["event"] for event in told] == ["sending failed", "sink away", "sink there"]
            assert "KeyError" in told[0]["exception"]
            assert told[1]["detail"] == "sending failed: KeyError: 'mistake'"

    asyncio.run(run())


def test_many_letters_are_counted_now_and_then(tmp_path: Path, sqlite: str) -> None:
    async def run() -> None:
        sender = Stubborn()
        sender.faults = 0
        async with running(tmp_path, sqlite, sender, letters(7)) as line:
            await until(lambda: line.forwarder.waiting == 7)
            sender.hold.set()
            await line.done()
            await until(lambda: line.forwarder.waiting == 0)

    asyncio.run(run())


def test_the_end_waits_for_the_receipt_of_what_is_under_way(tmp_path: Path, sqlite: str) -> None:
    async def run() -> None:
        sender = Stubborn()
        sender.faults = 0
        async with running(tmp_path, sqlite, sender, letters(7)) as line:
            await until(lambda: len(sender.taken) == 2)
            end = asyncio.create_task(line.forwarder.close())
            await asyncio.sleep(0.05)
            assert not end.done()
            sender.hold.set()
            await end
            assert (line.forwarder.sent, sender.closed) == (2, True)
            assert await outbox.waiting(line.database, "north", "quality") == 5

    asyncio.run(run())


def test_the_end_does_not_wait_for_ever(tmp_path: Path, sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarder, "LAST_SECONDS", 0.05)

    async def run() -> None:
        sender = Stubborn()
        sender.faults = 0
        async with running(tmp_path, sqlite, sender, letters(7)) as line:
            await until(lambda: len(sender.taken) == 2)
            await line.forwarder.close()
            assert await outbox.waiting(line.database, "north", "quality") == 7
            assert sender.closed

    asyncio.run(run())


@services.need(services.POSTGRESQL)
def test_a_database_that_goes_and_comes_back_costs_no_letter(tmp_path: Path) -> None:
    """What was taken while it was away is forgotten later, and not sent again."""
    sent = letters(5)

    async def run() -> None:
        with running_postgresql() as server:
            sender = Stubborn()
            sender.faults = 0
            async with running(tmp_path, server.new_database(), sender, sent) as line:
                await until(lambda: len(sender.taken) == 2)
                await asyncio.to_thread(server.stop)
                sender.hold.set()
                await until(lambda: line.forwarder.sent == 2)
                await asyncio.to_thread(server.start)
                await line.done()
            assert sender.taken == sent

    asyncio.run(run())
