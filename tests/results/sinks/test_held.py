"""Letters that a sink does not take: when they are to blame, and when the sink is."""

import asyncio
from pathlib import Path

import pytest

from aoi_modules.results.sinks.held import Held
from aoi_modules.results.sinks.set_aside import send_again
from tests.results.sinks.forwarding import running, short_pauses, to
from tests.results.sinks.outgoing import events, first_times, letters, until
from tests.results.sinks.receiver import OK, Receiver, Said, running_receiver

__all__ = ["short_pauses"]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'results.db'}"


def test_a_letter_is_overdue_after_many_tries_and_a_long_time() -> None:
    held = Held(0.0, 2)
    assert not held.overdue(7)
    held.note(7)
    assert not held.overdue(7)
    held.note(7)
    held.note(8)
    assert held.overdue(7)
    assert not held.overdue(8)
    assert held.story(7) == "2 tries in 0 s"


def test_many_tries_in_a_short_time_are_not_enough() -> None:
    held = Held(600.0, 1)
    for _ in range(100):
        held.note(7)
    assert not held.overdue(7)


def test_what_is_not_kept_begins_anew() -> None:
    held = Held(0.0, 2)
    for number in (7, 7, 8, 8):
        held.note(number)
    held.keep({8, 9})
    assert held.overdue(8)
    held.note(7)
    assert not held.overdue(7)


@pytest.mark.parametrize("said", [Said(500), Said(403), Said(503, {"retry-after": "0"})])
def test_a_letter_that_is_never_taken_is_set_aside_once_others_are(tmp_path: Path, sqlite: str, said: Said) -> None:
    sent = letters(5)
    never = sent[1].about

    async def run(receiver: Receiver) -> None:
        receiver.about = {never: said}
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent, Held(0.0, 4)) as line:
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused) == (4, 1)
            (told,) = [event for event in events(line.log) if event["event"] == "letter refused"]
            assert f"says {said.status}" in told["detail"]
            assert "; 4 tries in 0 s, while others were taken" in told["detail"]
            assert [path.stem for path in (tmp_path / "aside" / "quality").iterdir()] == [never]
            assert await send_again(tmp_path / "aside", "quality", line.database) == 1
            receiver.about = {}
            await line.done()

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
    assert receiver.ids().count(never) == 6
    assert first_times(receiver.ids()) == [letter.about for letter in sent]


def test_two_letters_that_are_never_taken_hold_up_no_third(tmp_path: Path, sqlite: str) -> None:
    sent = letters(4)

    async def run(receiver: Receiver) -> None:
        receiver.about = {sent[0].about: Said(500), sent[1].about: Said(500)}
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent, Held(0.0, 2)) as line:
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused) == (2, 2)

    with running_receiver() as receiver:
        asyncio.run(run(receiver))


def test_a_receiver_that_takes_nothing_for_long_loses_nothing_and_keeps_order(tmp_path: Path, sqlite: str) -> None:
    sent = letters(5)

    async def run(receiver: Receiver) -> None:
        receiver.otherwise = Said(503)
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent, Held(0.0, 2)) as line:
            await until(lambda: len(receiver.requests) > 20)
            receiver.requests.clear()
            receiver.otherwise = OK
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused) == (5, 0)

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
    assert not (tmp_path / "aside").exists()


def test_a_receiver_that_is_back_between_two_tries_gets_the_letter_once_more(tmp_path: Path, sqlite: str) -> None:
    first, second, third = sent = letters(3)

    async def run(receiver: Receiver) -> None:
        receiver.answers = [Said(502)]
        async with running(tmp_path, sqlite, to(receiver, tmp_path), sent, Held(0.0, 1)) as line:
            await line.done()
            assert (line.forwarder.sent, line.forwarder.refused) == (3, 0)

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
    assert receiver.ids() == [first.about, second.about, first.about, third.about]


def test_a_letter_alone_waits(tmp_path: Path, sqlite: str) -> None:
    async def run(receiver: Receiver) -> None:
        receiver.otherwise = Said(500)
        async with running(tmp_path, sqlite, to(receiver, tmp_path), letters(1), Held(0.0, 1)) as line:
            await until(lambda: len(receiver.requests) > 5)
            assert (line.forwarder.waiting, line.forwarder.refused) == (1, 0)

    with running_receiver() as receiver:
        asyncio.run(run(receiver))
