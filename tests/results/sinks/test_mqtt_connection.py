"""One connection to a broker, and its end."""

import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

import pytest

from aoi_modules.errors import MissingExtra
from aoi_modules.results.sinks import mqtt_connection
from aoi_modules.results.sinks.addresses import broker_address
from aoi_modules.results.sinks.mqtt_connection import ConnectionRefused, MqttConnection, check_installed
from tests import services
from tests.mosquitto import PATIENCE, Mosquitto, Subscriber
from tests.results.sinks.outgoing import silent_server

needs_mosquitto = services.need(services.MOSQUITTO)


def connected(
    url: str, password: str, act: Callable[[MqttConnection], Awaitable[None]], version: int = 5, name: str = "tested"
) -> None:
    """Does something with a connection, whose thread ends with it."""

    async def run() -> None:
        connection = MqttConnection(broker_address(url), name, password, None, version)
        try:
            await connection.open()
            await act(connection)
        finally:
            await connection.close()

    asyncio.run(run())
    assert not [thread for thread in threading.enumerate() if thread.name.endswith(f"-{name}")]


@needs_mosquitto
@pytest.mark.parametrize("version", [5, 3])
def test_a_message_gets_its_receipt(mosquitto: Mosquitto, subscriber: Subscriber, version: int) -> None:
    async def act(connection: MqttConnection) -> None:
        receipt = await (await connection.publish("a/b", "Prüfling"))
        assert not receipt.is_failure
        assert not connection.lost.done()

    connected(mosquitto.url, mosquitto.password, act, version)
    subscriber.wait(1)
    assert subscriber.messages == [("a/b", "Prüfling")]


@needs_mosquitto
def test_no_more_messages_are_under_way_than_the_broker_wants(mosquitto: Mosquitto, subscriber: Subscriber) -> None:
    """A broker that is sent more hangs up."""
    mosquitto.stop()
    mosquitto.settings = ["max_inflight_messages 3"]
    mosquitto.start()

    async def act(connection: MqttConnection) -> None:
        receipts = [await connection.publish("a", str(number)) for number in range(200)]
        assert not any([(await receipt).is_failure for receipt in receipts])

    connected(mosquitto.url, mosquitto.password, act)


@needs_mosquitto
@pytest.mark.parametrize("version", [5, 3])
def test_a_refusal_is_in_the_brokers_words(mosquitto: Mosquitto, version: int) -> None:
    async def never(connection: MqttConnection) -> None:
        pytest.fail("the password is wrong")

    with pytest.raises(ConnectionRefused, match="Not authorized"):
        connected(mosquitto.url, "wrong", never, version)


@needs_mosquitto
def test_a_connection_is_lost_when_the_broker_ends_or_drives_it_out(mosquitto: Mosquitto) -> None:
    async def act(connection: MqttConnection) -> None:
        other = MqttConnection(broker_address(mosquitto.url), "same", mosquitto.password, None, 5)
        await other.open()
        assert await asyncio.wait_for(connection.lost, PATIENCE)
        assert (await connection.publish("a", "b")).cancelled()
        mosquitto.stop()
        assert await asyncio.wait_for(other.lost, PATIENCE)
        await other.close()

    connected(mosquitto.url, mosquitto.password, act, name="same")


@needs_mosquitto
def test_why_a_broker_hangs_up_is_in_its_words(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    mosquitto.settings = ["max_packet_size 1000"]
    mosquitto.start()

    async def act(connection: MqttConnection) -> None:
        assert connection.most_bytes == 1000
        await connection.publish("a", "b" * 1000)
        assert await asyncio.wait_for(connection.lost, PATIENCE) == "Packet too large"

    connected(mosquitto.url, mosquitto.password, act)


@needs_mosquitto
def test_messages_without_a_receipt_are_given_up_with_the_connection(mosquitto: Mosquitto) -> None:
    async def act(connection: MqttConnection) -> None:
        mosquitto.signal(signal.SIGSTOP)
        receipts = [await connection.publish("a", "b") for _ in range(5)]
        mosquitto.kill()
        assert await asyncio.wait_for(connection.lost, PATIENCE) == "the connection broke"
        assert all(receipt.cancelled() for receipt in receipts)

    connected(mosquitto.url, mosquitto.password, act)


@needs_mosquitto
def test_taking_leave_waits_for_no_broker_that_hangs(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(mqtt_connection, "LEAVE_SECONDS", 0.05)

    async def act(connection: MqttConnection) -> None:
        mosquitto.signal(signal.SIGSTOP)
        for _ in range(10):
            await connection.publish("a", "b" * 10**6)  # more than sockets hold
        await connection.close()
        assert connection.lost.done()

    connected(mosquitto.url, mosquitto.password, act)


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_connection, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(mqtt_connection, "LEAVE_SECONDS", 0.05)

    async def run() -> None:
        async with silent_server() as port:
            connection = MqttConnection(broker_address(f"mqtt://127.0.0.1:{port}"), "test", "", None, 5)
            with pytest.raises(TimeoutError):
                await connection.open()
            await connection.close()

    asyncio.run(run())


def test_nobody_there(free_port: int) -> None:
    async def never(connection: MqttConnection) -> None:
        pytest.fail("nobody listens")

    with pytest.raises(ConnectionRefusedError):
        connected(f"mqtt://127.0.0.1:{free_port}", "", never)


def test_without_its_client_mqtt_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    monkeypatch.setitem(sys.modules, "paho", None)
    with pytest.raises(MissingExtra, match=r"(?s)paho-mqtt.*aoi-academy\[station\]"):
        check_installed()
