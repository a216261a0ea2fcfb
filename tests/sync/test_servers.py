"""What servers have loaded is what they say."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from typing import Self

import pytest

from aoi_modules.sync import servers
from aoi_modules.sync.servers import Servers
from tests.client.model_server import ModelServer

Opened = Callable[[list[str]], Servers]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Makes servers to ask, whose connections end with the test."""
    with ExitStack() as stack:
        yield lambda addresses: stack.enter_context(closing(Servers(addresses)))


def test_a_version_is_loaded_where_all_say_so(opened: Opened) -> None:
    with ModelServer() as one, ModelServer() as other:
        servers = opened([one.address, other.address])
        one.states = {3: "AVAILABLE", 4: "AVAILABLE"}
        other.states = {3: "AVAILABLE", 4: "LOADING", 2: "END"}
        loaded = servers.loaded("tile")
        assert [loaded.everywhere(version) for version in (2, 3, 4)] == [False, True, False]
        assert [loaded.nowhere(version) for version in (1, 2, 3, 4)] == [True, True, False, False]
        assert loaded.failures_of([3, 4]) == []
        (broken,) = loaded.failures_of([2])
        assert broken.endswith("version 2: broken")


def test_a_model_that_a_server_does_not_know_is_nowhere(opened: Opened) -> None:
    with ModelServer() as server:
        loaded = opened([server.address]).loaded("house")
        assert loaded.nowhere(1)
        assert not loaded.everywhere(1)


def test_a_connection_that_opens_slower_than_a_server_may_answer_is_open_by_and_by(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "SECONDS", 0.3)
    with ModelServer() as server, SlowToOpen(server.address, 1.0) as relay:
        server.states = {3: "AVAILABLE"}
        asked = opened([relay.address])
        answers = [asked.loaded("tile").everywhere(3)]
        while not answers[-1] and len(answers) < 100:
            answers.append(asked.loaded("tile").everywhere(3))
        assert not answers[0]
        assert answers[-1]
        assert asked.loaded("tile").everywhere(3)


class SlowToOpen:
    """Passes bytes on to a server, of each connection only after so many seconds, as a busy machine does."""

    def __init__(self, to: str, seconds: float) -> None:
        self._to = int(to.rpartition(":")[2])
        self._seconds = seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._over.wait(self._seconds)
            with socket.create_connection(("127.0.0.1", self._to)) as server:
                while not self._over.is_set():
                    for source in select.select([client, server], [], [], 0.05)[0]:
                        data = source.recv(1 << 16)
                        if not data:
                            return
                        (server if source is client else client).sendall(data)


def test_a_server_that_does_not_answer_says_nothing(opened: Opened, free_port: int) -> None:
    with ModelServer() as server:
        loaded = opened([server.address, f"127.0.0.1:{free_port}"]).loaded("tile")
        assert not loaded.everywhere(1)
        assert not loaded.nowhere(7)
        assert len(loaded.failures_of([])) == 1
    assert not Servers([])
    assert Servers(["127.0.0.1:1"])
