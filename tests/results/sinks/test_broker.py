"""Letters to a real MQTT broker."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks import broker as broker_module
from aoi_modules.results.sinks.addresses import broker_address
from aoi_modules.results.sinks.broker import Broker
from aoi_modules.results.sinks.delivery import TAKEN, Answer, Delivery, Fate
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.settings import settings
from tests import services
from tests.client.certificates import certify, certify_by, needs_openssl
from tests.mosquitto import Mosquitto, Subscriber
from tests.results.sinks.made import record

needs_mosquitto = services.need(services.MOSQUITTO)


def letters(count: int, **changes: Any) -> list[Letter]:
    found = [record(number=number, **changes) for number in range(count)]
    return [Letter("line", "north", one.id, inspection_message(one)) for one in found]


def with_broker(url: str, act: Callable[[Broker], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        one = Broker(broker_address(url), "aoi-north-line", **options)
        try:
            await act(one)
        finally:
            await one.close()

    asyncio.run(run())


def said(url: str, **options: Any) -> str:
    """Why a broker is away."""
    found: list[Delivery] = []

    async def act(broker: Broker) -> None:
        found.append(await broker.deliver([]))

    with_broker(url, act, **options)
    return found[0].away


@needs_mosquitto
@pytest.mark.parametrize("version", [5, 3])
def test_letters_arrive_in_order_at_their_topics(mosquitto: Mosquitto, subscriber: Subscriber, version: int) -> None:
    sent = [*letters(120), *letters(1, component="screw")]

    async def act(broker: Broker) -> None:
        assert await broker.deliver([]) == Delivery([])
        assert await broker.deliver(sent) == Delivery([TAKEN] * len(sent))

    with_broker(mosquitto.url, act, version=version, password_file=mosquitto.password_file)
    subscriber.wait(len(sent))
    assert [message for _, message in subscriber.messages] == [letter.message for letter in sent]
    assert [topic for topic, _ in subscriber.messages] == ["aoi/north/tile"] * 120 + ["aoi/north/screw"]


@needs_mosquitto
def test_the_password_may_be_a_setting(mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_MQTT_PASSWORD", mosquitto.password)
    settings.cache_clear()
    try:
        assert said(mosquitto.url) == ""
    finally:
        settings.cache_clear()


@needs_mosquitto
def test_a_wrong_password_is_said_in_one_sentence(mosquitto: Mosquitto, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    name = f"the broker 127.0.0.1:{mosquitto.port}"
    assert said(mosquitto.url, password_file=str(wrong)) == (
        f"{name} refuses the user 'aoi' with the password of {wrong}: Not authorized"
    )
    assert said(mosquitto.url.replace("aoi@", "")) == f"{name} wants a user: mqtt://USER@..."
    assert said(mosquitto.url, password_file="none") == "password_file: none: cannot be read: No such file or directory"


@needs_mosquitto
def test_a_topic_that_is_not_allowed_holds_its_letters_and_no_others(
    mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    (mosquitto.folder / "acl").write_text("user aoi\ntopic readwrite aoi/north/tile\ntopic read #\n")
    mosquitto.stop()
    mosquitto.settings = [f"acl_file {mosquitto.folder / 'acl'}"]
    mosquitto.start()
    held = Answer(Fate.HELD, f"the broker 127.0.0.1:{mosquitto.port} refuses the message: Not authorized")
    sent = [*letters(1), *letters(1, component="screw"), *letters(1)]

    async def act(broker: Broker) -> None:
        assert await broker.deliver(sent) == Delivery([TAKEN, held, TAKEN], away=held.reason)

    with_broker(mosquitto.url, act, password_file=mosquitto.password_file)


@needs_mosquitto
def test_a_message_that_is_too_large_for_the_broker_is_refused_and_no_other(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    mosquitto.settings = ["max_packet_size 4000"]
    mosquitto.start()
    sent = [*letters(1), *letters(1, station="far away " * 1000), *letters(1)]

    async def act(broker: Broker) -> None:
        first, refused, third = (await broker.deliver(sent)).answers
        assert (first, third) == (TAKEN, TAKEN)
        assert refused is not None
        assert refused.fate is Fate.REFUSED
        assert refused.reason.endswith(f"the broker 127.0.0.1:{mosquitto.port} takes at most 4000")

    with_broker(mosquitto.url, act, password_file=mosquitto.password_file)


@needs_mosquitto
def test_what_is_no_message_of_ours_is_refused(mosquitto: Mosquitto) -> None:
    async def act(broker: Broker) -> None:
        foreign, own = (await broker.deliver([Letter("line", "north", "1", "{}"), *letters(1)])).answers
        assert foreign is not None
        assert (foreign.fate, own) == (Fate.REFUSED, TAKEN)

    with_broker(mosquitto.url, act, password_file=mosquitto.password_file)


@needs_mosquitto
def test_a_broker_that_goes_is_missed_and_found_when_it_is_back(mosquitto: Mosquitto) -> None:
    sent = letters(3)
    name = f"the broker 127.0.0.1:{mosquitto.port}"

    async def act(broker: Broker) -> None:
        assert await broker.deliver(sent) == Delivery([TAKEN] * 3)
        mosquitto.signal(signal.SIGSTOP)
        under_way = asyncio.create_task(broker.deliver(sent))
        await asyncio.sleep(0.05)
        mosquitto.kill()
        assert await under_way == Delivery([None] * 3, away=f"{name} hung up: the connection broke")
        assert await broker.deliver(sent) == Delivery(
            [None] * 3, away=f"{name} does not answer: Connection refused"
        )  # fmt: skip
        mosquitto.start()
        assert await broker.deliver(sent) == Delivery([TAKEN] * 3)

    with_broker(mosquitto.url, act, password_file=mosquitto.password_file)


@needs_mosquitto
def test_a_broker_that_gives_no_receipts_is_left_and_asked_anew(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = letters(120)  # more than may be under way

    async def act(broker: Broker) -> None:
        assert await broker.deliver([]) == Delivery([])
        monkeypatch.setattr(broker_module, "RECEIPT_SECONDS", 0.2)
        mosquitto.signal(signal.SIGSTOP)
        delivery = await broker.deliver(sent)
        assert delivery.answers == [None] * len(sent)
        assert "gave no receipt within" in delivery.away
        mosquitto.signal(signal.SIGCONT)
        monkeypatch.undo()
        assert await broker.deliver(sent) == Delivery([TAKEN] * len(sent))

    with_broker(mosquitto.url, act, password_file=mosquitto.password_file)


@needs_mosquitto
@needs_openssl
@pytest.mark.filterwarnings("ignore:.*unclosed.*SSLSocket:ResourceWarning")  # paho's, where TLS fails
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the same, found late
def test_tls_is_checked_by_authority_and_name(mosquitto: Mosquitto, tmp_path: Path) -> None:
    certify_by(certify(tmp_path, "other"), "plant", "line")
    mosquitto.stop()
    mosquitto.settings = [f"certfile {tmp_path / 'line.pem'}", f"keyfile {tmp_path / 'line.key'}"]
    mosquitto.start()
    url = mosquitto.url.replace("mqtt:", "mqtts:")
    password_file, plant = mosquitto.password_file, str(tmp_path / "plant.pem")
    assert said(url, password_file=password_file, ca_file=plant) == ""
    distrusted = said(url, password_file=password_file, ca_file=str(tmp_path / "other.pem"))
    assert distrusted.endswith(
        f":{mosquitto.port}: its certificate is not trusted: unable to get local issuer certificate"
    )
    renamed = said(url.replace("127.0.0.1", "localhost"), password_file=password_file, ca_file=plant)
    assert f"localhost:{mosquitto.port}: its certificate is not trusted: Hostname mismatch" in renamed
    assert said(url, ca_file="none.pem", password_file=password_file).startswith("ca_file: none.pem cannot be read")


def test_a_name_that_nobody_has(free_port: int) -> None:
    assert said("mqtt://nobody.invalid").startswith("the broker nobody.invalid:1883 does not answer: ")
    assert said(f"mqtt://127.0.0.1:{free_port}").endswith("does not answer: Connection refused")
