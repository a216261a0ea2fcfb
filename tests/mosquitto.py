"""A real MQTT broker for tests, and a subscriber that remembers what it was sent."""

import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from aoi_modules.machine.free_ports import free_ports
from tests.services import path_of

PATIENCE = 240.0
REMEMBERING = (
    "max_inflight_messages 0",  # a receipt follows when subscribers have been written to
    "max_queued_messages 0",  # as many as come; else a broker drops what waits for somebody beyond 1,000
    "persistence true",
    "autosave_on_changes true",
    "autosave_interval 1",
)
"""Settings with which a broker knows its sessions again after a kill; it is slow then."""


class Mosquitto:
    """A broker with one user, which can be stopped, killed and started again on the same port.

    Args:
        folder: of its files.
        settings: lines of its configuration.
    """

    user = "aoi"

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder = folder
        self.password = secrets.token_hex(8)
        self.settings: Sequence[str] = settings
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None
        command = [path_of("mosquitto_passwd"), "-b", "-c", str(folder / "passwords"), self.user, self.password]
        subprocess.run(command, check=True, capture_output=True)

    @property
    def url(self) -> str:
        """Of the broker, for this user."""
        return f"mqtt://{self.user}@127.0.0.1:{self.port}"

    @property
    def password_file(self) -> str:
        """A file with the user's password."""
        path = self.folder / "password"
        path.write_text(f"{self.password}\n")
        return str(path)

    def start(self) -> None:
        """Starts the broker, and returns when it listens."""
        owner = ["user root"] if os.geteuid() == 0 else []
        places = [f"password_file {self.folder / 'passwords'}", f"persistence_location {self.folder}/"]
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous false", *places, *owner, *self.settings]
        (self.folder / "mosquitto.conf").write_text("\n".join([*lines, ""]))
        with (self.folder / "log").open("ab") as log:
            command = [path_of("mosquitto"), "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self._listens():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "mosquitto did not listen"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the broker."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.send_signal(signal.SIGCONT)  # a stopped one would not hear the other
            self._process.wait(PATIENCE)
            self._process = None

    def signal(self, what: signal.Signals) -> None:
        """Sends the broker a signal, such as one that stops it for a while."""
        assert self._process is not None
        self._process.send_signal(what)

    def kill(self) -> None:
        """Ends the broker at once, in whatever it does."""
        self.stop(signal.SIGKILL)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextmanager
def running_mosquitto(folder: Path, *settings: str) -> Iterator[Mosquitto]:
    """A broker that runs."""
    broker = Mosquitto(folder, *settings)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Subscriber:
    """Receives everything, with receipts; the broker keeps what comes while it is away.

    Args:
        broker: that it hears.
        messages: topic and payload of each message, in the order in which they came; a second subscriber goes on.
    """

    def __init__(self, broker: Mosquitto, messages: list[tuple[str, str]] | None = None) -> None:
        self.messages = [] if messages is None else messages
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, "subscriber", clean_session=False)
        self._client.username_pw_set(broker.user, broker.password)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(PATIENCE)

    def wait(self, count: int) -> None:
        """Returns when so many messages have come."""
        end = time.monotonic() + PATIENCE
        while len(self.messages) < count:
            assert time.monotonic() < end, f"{len(self.messages)} of {count} messages came"
            time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: Client, data: Any, message: MQTTMessage) -> None:
        self.messages.append((message.topic, message.payload.decode()))
