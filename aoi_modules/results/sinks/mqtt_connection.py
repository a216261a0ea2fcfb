"""One connection to an MQTT broker, by paho in a thread of its own: awaited here, and lost once."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from aoi_modules.errors import MissingExtra
from aoi_modules.results.sinks.addresses import BrokerAddress

if TYPE_CHECKING:
    from paho.mqtt.client import Client
    from paho.mqtt.reasoncodes import ReasonCode

CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 20
LEAVE_SECONDS = 1.0
"""How long taking leave may wait for a broker that does not read."""
IN_FLIGHT = 100
"""Messages without a receipt at a time, unless the broker wants fewer."""


class ConnectionRefused(Exception):
    """The broker said no, in its own words."""


class MqttConnection:
    """A connection, from `open` until it is lost. Made inside the running event loop; every instance is used once.

    Args:
        address: of the broker.
        client_id: by which the broker knows this client again.
        password: of the user; empty for none.
        trusted: checks the broker's certificate; None for a connection without TLS.
        version: of MQTT, 5 or 3 for 3.1.1.

    Attributes:
        lost: done when the connection ends; its result says why, in the broker's words or ours.
        most_bytes: of a message that the broker takes; None if it does not say.
    """

    def __init__(
        self, address: BrokerAddress, client_id: str, password: str, trusted: ssl.SSLContext | None, version: int
    ) -> None:
        self._address = address
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self.most_bytes: int | None = None
        self._welcome: asyncio.Future[str] = self._loop.create_future()
        self._unanswered: dict[int, asyncio.Future[ReasonCode]] = {}
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._running = False
        self._client = _client(client_id, version)
        self._client.max_inflight_messages_set(0)  # paho takes no other number once the broker has said how many
        self._client.connect_timeout = CONNECT_SECONDS
        if address.user:
            self._client.username_pw_set(address.user, password or None)
        if trusted is not None:
            self._client.tls_set_context(trusted)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish

    async def open(self) -> None:
        """Connects, and returns when the broker said yes.

        Raises:
            OSError: nobody answers there, or TLS failed.
            ConnectionRefused: the broker said no.
            TimeoutError: it said nothing.
        """
        await asyncio.to_thread(self._client.connect, self._address.host, self._address.port, KEEP_ALIVE_SECONDS)
        self._client.loop_start()
        self._running = True
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.wait((self._welcome, self.lost), return_when=asyncio.FIRST_COMPLETED)
        refusal = self._welcome.result() if self._welcome.done() else self.lost.result()
        if refusal:
            raise ConnectionRefused(refusal)

    async def publish(self, topic: str, message: str) -> "asyncio.Future[ReasonCode]":
        """Sends a message that wants a receipt (QoS 1), once few enough others wait for theirs.

        Returns:
            A future that has the receipt, or is cancelled with the connection.
        """
        await self._room.acquire()
        receipt: asyncio.Future[ReasonCode] = self._loop.create_future()
        receipt.add_done_callback(lambda _: self._room.release())
        if self.lost.done():
            receipt.cancel()
        else:  # paho's thread reports by the loop, so not before the next await
            self._unanswered[self._client.publish(topic, message, qos=1).mid] = receipt
        return receipt

    async def close(self) -> None:
        """Takes leave of the broker, and ends the thread."""
        self._client.disconnect()
        if self._running:
            await asyncio.wait((self.lost,), timeout=LEAVE_SECONDS)
            self._break_off()
            with suppress(AttributeError):  # paho's thread ended between its look at it and its waiting for it
                await asyncio.to_thread(self._client.loop_stop)
        self._lose("")

    def _break_off(self) -> None:
        """Ends the connection under a thread that waits for a broker which does not read."""
        open_socket = self._client.socket()
        if isinstance(open_socket, socket.socket):
            with suppress(OSError):  # the thread was faster
                open_socket.shutdown(socket.SHUT_RDWR)

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: "ReasonCode", properties: Any) -> None:
        room = min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))
        most_bytes = getattr(properties, "MaximumPacketSize", None)
        self._later(self._welcomed, str(reason) if reason.is_failure else "", room, most_bytes)

    def _on_disconnect(self, client: Any, data: Any, flags: Any, reason: "ReasonCode", properties: Any) -> None:
        said = flags.is_disconnect_packet_from_server
        self._later(self._lose, str(reason) if said else "the connection broke")

    def _on_publish(self, client: Any, data: Any, number: int, reason: "ReasonCode", properties: Any) -> None:
        self._later(self._answered, number, reason)

    def _later(self, what: Callable[..., None], *values: object) -> None:
        self._loop.call_soon_threadsafe(what, *values)

    def _welcomed(self, refusal: str, room: int, most_bytes: int | None) -> None:
        if not self._welcome.done():
            self._room, self.most_bytes = asyncio.Semaphore(room), most_bytes
            self._welcome.set_result(refusal)

    def _answered(self, number: int, reason: "ReasonCode") -> None:
        receipt = self._unanswered.pop(number, None)
        if receipt is not None and not receipt.done():
            receipt.set_result(reason)

    def _lose(self, why: str) -> None:
        if not self.lost.done():
            self.lost.set_result(why)
        for receipt in self._unanswered.values():
            receipt.cancel()
        self._unanswered.clear()


def check_installed() -> None:
    """Refuses MQTT where its client is not installed.

    Raises:
        MissingExtra: it is not.
    """
    if find_spec("paho") is None:
        raise MissingExtra("MQTT", package="paho-mqtt", extra="station")


def _client(client_id: str, version: int) -> "Client":
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    protocol = MQTTProtocolVersion.MQTTv5 if version == 5 else MQTTProtocolVersion.MQTTv311
    return Client(CallbackAPIVersion.VERSION2, client_id, protocol=protocol, reconnect_on_failure=False)
