"""A webhook, in front of a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.record import new_id
from aoi_modules.results.sinks import webhook
from aoi_modules.results.sinks.delivery import TAKEN, Answer, Delivery, Fate
from aoi_modules.results.sinks.webhook import Webhook, retry_after
from tests.client.certificates import certify, certify_by, needs_openssl
from tests.results.sinks.outgoing import silent_server
from tests.results.sinks.receiver import OK, Receiver, Said, running_receiver
from tests.results.sinks.test_signature import receiver as own_lines

SECRET = "a secret of a test"


def letters(count: int) -> list[Letter]:
    return [Letter("quality", "north", new_id(), f'{{"number":{at},"text":"Prüfling"}}') for at in range(count)]


@pytest.fixture
def secret_file(tmp_path: Path) -> str:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return str(path)


def with_webhook(sender: Callable[[], Webhook], act: Callable[[Webhook], Awaitable[None]]) -> None:
    async def run() -> None:
        one = sender()
        try:
            await act(one)
        finally:
            await one.close()

    asyncio.run(run())


def delivered(receiver: Receiver, secret_file: str, sent: list[Letter]) -> Delivery:
    """Sends letters once."""
    found: list[Delivery] = []

    async def act(sender: Webhook) -> None:
        found.append(await sender.deliver(sent))

    with_webhook(lambda: Webhook(receiver.url, secret_file), act)
    return found[0]


def test_letters_come_as_they_are_in_order_signed_and_over_one_connection(secret_file: str) -> None:
    sent = letters(3)
    with running_receiver() as receiver:
        receiver.answers = [Said(200, body=b"{}"), Said(202), OK]
        assert delivered(receiver, secret_file, sent) == Delivery([TAKEN] * 3)
    assert [request.body.decode() for request in receiver.requests] == [letter.message for letter in sent]
    assert receiver.ids() == [letter.about for letter in sent]
    assert {request.headers["content-type"] for request in receiver.requests} == {"application/json"}
    assert all(own_lines()(SECRET.encode(), request.headers, request.body) for request in receiver.requests)
    assert len({request.connection for request in receiver.requests}) == 1


@pytest.mark.parametrize("status", [425, 429])
def test_what_may_come_later_stops_the_letters_and_is_no_answer(secret_file: str, status: int) -> None:
    with running_receiver() as receiver:
        receiver.answers = [OK, Said(status, body=b"busy\nmore")]
        delivery = delivered(receiver, secret_file, letters(3))
    assert delivery.answers == [TAKEN, None, None]
    assert delivery.away.startswith(f"the webhook at 127.0.0.1:{receiver.url.split(':')[2][:-4]} says {status} ")
    assert delivery.away.endswith(": busy")
    assert delivery.pause is None
    assert len(receiver.requests) == 2


def test_retry_after_is_told(secret_file: str) -> None:
    with running_receiver() as receiver:
        receiver.answers = [Said(429, {"retry-after": "7"})]
        assert delivered(receiver, secret_file, letters(1)).pause == 7.0


@pytest.mark.parametrize("status", [400, 405, 409, 410, 413, 415, 422])
def test_what_can_never_be_taken_is_refused_and_the_next_one_is_sent(secret_file: str, status: int) -> None:
    with running_receiver() as receiver:
        receiver.answers = [Said(status, body=b"no such unit")]
        delivery = delivered(receiver, secret_file, letters(2))
    refused, taken = delivery.answers
    assert refused is not None
    assert refused.fate is Fate.REFUSED
    assert f"says {status}" in refused.reason
    assert refused.reason.endswith(": no such unit")
    assert (taken, delivery.away) == (TAKEN, "")


@pytest.mark.parametrize(
    "said",
    [
        *map(Said, (307, 401, 403, 404, 407, 408, 500, 502, 503, 599)),
        Said(301, {"location": "https://there"}),
    ],
)
def test_what_may_be_about_the_letter_holds_it(secret_file: str, said: Said) -> None:
    with running_receiver() as receiver:
        receiver.answers = [said]
        delivery = delivered(receiver, secret_file, letters(2))
    held, unknown = delivery.answers
    assert held is not None
    assert (held.fate, held.reason, unknown) == (Fate.HELD, delivery.away, None)
    assert f"says {said.status}" in delivery.away
    assert ("it is at https://there" in delivery.away) is ("location" in said.headers)
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_not_there_is_said_and_found_when_it_is_back(secret_file: str, free_port: int) -> None:
    sent = letters(1)

    async def act(sender: Webhook) -> None:
        away = await sender.deliver(sent)
        assert away.answers == [None]
        assert away.away == f"the webhook at 127.0.0.1:{free_port} does not answer: Connection refused"
        with running_receiver(free_port) as receiver:
            assert await sender.deliver(sent) == Delivery([TAKEN])
        assert receiver.ids() == [sent[0].about]

    with_webhook(lambda: Webhook(f"http://127.0.0.1:{free_port}/aoi", secret_file), act)


def test_a_receiver_that_hangs_up_is_asked_anew(secret_file: str) -> None:
    async def act(sender: Webhook) -> None:
        first = await sender.deliver(letters(2))
        assert first.answers == [TAKEN, Answer(Fate.HELD, first.away)]
        assert "does not answer" in first.away
        assert await sender.deliver(letters(1)) == Delivery([TAKEN])

    with running_receiver() as receiver:
        receiver.answers = [OK, None]
        with_webhook(lambda: Webhook(receiver.url, secret_file), act)


def test_a_receiver_that_says_nothing_is_given_up(secret_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.05)

    async def run() -> None:
        async with silent_server() as port:
            sender = Webhook(f"http://127.0.0.1:{port}", secret_file)
            delivery = await sender.deliver(letters(1))
            await sender.close()
        said = f"the webhook at 127.0.0.1:{port} does not answer: nothing came in time"
        assert delivery == Delivery([Answer(Fate.HELD, said)], away=said)

    asyncio.run(run())


def test_a_long_answer_is_read_in_part_and_costs_the_connection(secret_file: str) -> None:
    with running_receiver() as receiver:
        receiver.answers = [Said(400, body=b"no" * 10**6)]
        refused, taken = delivered(receiver, secret_file, letters(2)).answers
    assert refused is not None
    assert len(refused.reason) < 300
    assert taken == TAKEN
    assert len({request.connection for request in receiver.requests}) == 2


def test_a_secret_may_be_changed_while_letters_are_sent(secret_file: str) -> None:
    async def act(sender: Webhook) -> None:
        assert await sender.deliver(letters(1)) == Delivery([TAKEN])
        Path(secret_file).write_text("another secret")
        assert await sender.deliver(letters(1)) == Delivery([TAKEN])
        Path(secret_file).unlink()
        assert (await sender.deliver(letters(1))).away.startswith(f"secret_file: {secret_file}: cannot be read")

    with running_receiver() as receiver:
        with_webhook(lambda: Webhook(receiver.url, secret_file), act)
    first, second = receiver.requests
    assert own_lines()(SECRET.encode(), first.headers, first.body)
    assert own_lines()(b"another secret", second.headers, second.body)


@needs_openssl
def test_tls_is_checked_by_authority_and_name(tmp_path: Path, secret_file: str) -> None:
    certify_by(certify(tmp_path, "other"), "plant", "line")
    plant = tmp_path / "plant.pem"

    def said(url: str, ca_file: Path) -> Delivery:
        found: list[Delivery] = []

        async def act(sender: Webhook) -> None:
            found.append(await sender.deliver(letters(1)))

        with_webhook(lambda: Webhook(url, secret_file, str(ca_file)), act)
        return found[0]

    with running_receiver(certificate=tmp_path / "line.pem") as receiver:
        url = receiver.url
        assert said(url, plant) == Delivery([TAKEN])
        distrusted, renamed = said(url, tmp_path / "other.pem"), said(url.replace("127.0.0.1", "localhost"), plant)
        unreadable = said(url, tmp_path / "none.pem")
        assert len(receiver.requests) == 1
    assert (distrusted.answers, renamed.answers) == ([None], [None])
    assert distrusted.away.endswith(": its certificate is not trusted: unable to get local issuer certificate")
    assert ": its certificate is not trusted: Hostname mismatch" in renamed.away
    assert unreadable.away.startswith(f"ca_file: {tmp_path / 'none.pem'} cannot be read")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("999999", 3600.0),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("Sat, 31 Jan 2027 12:00:00 GMT", 3600.0),
        ("soon", None),
        ("-1", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 1, 31, 12, tzinfo=UTC)) == seconds
