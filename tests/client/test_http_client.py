"""Failures of the REST client, against a small real HTTP server; its answers are tested in test_parity.py."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aoi_modules.client.http_client import HttpClient
from aoi_modules.errors import RpcError, TooSlow, Unreachable, WireError
from tests.client.model_server import ModelServer


class Server(ThreadingHTTPServer):
    """Answers every request with `answer`; waits for `gate` in the middle of the body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: tuple[int, bytes] = 200, b"{}"
        self.gate = threading.Event()
        self.gate.set()
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        self.server.paths.append(f"{self.command} {self.path}")
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:1])
        self.wfile.flush()
        self.server.gate.wait(30)
        self.wfile.write(body[1:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.gate.set()
        server.shutdown()
        thread.join(10)


def test_paths_name_model_and_version(server: Server) -> None:
    server.answer = 404, b'{"error": "Servable not found"}'
    with HttpClient(server.url + "/", "til e", version=3) as client, pytest.raises(RpcError):
        client.predict_pictures([b"x"])
    with HttpClient(server.url, "tile") as client, pytest.raises(RpcError):
        client.status()
    assert server.paths == ["POST /v1/models/til%20e/versions/3:predict", "GET /v1/models/tile"]


def test_the_servers_own_words_arrive_and_nothing_is_sent_twice(server: Server) -> None:
    server.answer = 503, b'{"error": "queue is full"}'
    with HttpClient(server.url, "tile") as client, pytest.raises(RpcError, match="queue is full") as caught:
        client.predict_pictures([b"x"])
    assert caught.value.code == "UNAVAILABLE"
    assert not isinstance(caught.value, Unreachable)
    assert len(server.paths) == 1


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.answer = 302, b"elsewhere"
    with HttpClient(server.url, "tile") as client, pytest.raises(RpcError, match="HTTP status 302: elsewhere"):
        client.status()


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"outputs": {"defect": [[1], [1, 2]]}}'])
def test_an_answer_that_is_none(server: Server, body: bytes) -> None:
    server.answer = 200, body
    with HttpClient(server.url, "tile") as client, pytest.raises(WireError):
        client.predict_pictures([b"x"])


def test_a_server_that_stops_in_the_middle_of_its_answer(server: Server) -> None:
    server.gate.clear()
    server.answer = 200, b'{"outputs": []}'
    with HttpClient(server.url, "tile", timeout=0.3) as client, pytest.raises(TooSlow, match=r"within 0\.3 s"):
        client.predict_pictures([b"x"])


def test_nobody_there(free_port: int) -> None:
    with (
        HttpClient(f"http://127.0.0.1:{free_port}", "tile") as client,
        pytest.raises(Unreachable, match="Connection refused"),
    ):
        client.status()


def test_a_server_that_hangs_up() -> None:
    """It accepts and closes: a crash in the middle of a call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)

        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with HttpClient(url, "tile") as client, pytest.raises(Unreachable, match="it hung up"):
            client.status()
        thread.join(10)


def test_the_grpc_port_by_mistake(model_server: ModelServer) -> None:
    with (
        HttpClient(f"http://{model_server.address}", "tile") as client,
        pytest.raises(Unreachable, match="it does not speak HTTP") as caught,
    ):
        client.status()
    assert "is that its REST port?" in caught.value.hint


@pytest.mark.parametrize("url", ["127.0.0.1:8501", "ftp://127.0.0.1:8501", "http://"])
def test_a_url_that_is_none(url: str) -> None:
    with HttpClient(url, "tile") as client, pytest.raises(Unreachable, match="expected http://HOST:PORT"):
        client.status()
