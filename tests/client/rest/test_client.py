"""Failures of the REST client, against a small real HTTP server; its answers are tested in client/test_base.py."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.errors import RpcError, TooSlow, Unreachable, WireError
from tests.client.model_server import ModelServer
from tests.serving.calls import wait_for

DRIP_SECONDS = 0.05


class Server(ThreadingHTTPServer):
    """Answers every request with `answer`, or with what `answers` has for it; waits for `gate` in the middle of the
    body, or sends it byte by byte; hangs up on a request without a word, or behind an answer, if told so."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answer: tuple[int, bytes] = 200, b"{}"
        self.answers: dict[str, bytes] = {}
        self.connections: set[object] = set()
        self.closed = self.dripped = 0
        self.hang_up = self.hang_up_behind = self.drips = False
        self.encoding = ""
        self.gate = threading.Event()
        self.gate.set()
        self.paths: list[str] = []

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.closed += 1

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        asked = f"{self.command} {self.path}"
        self.server.paths.append(asked)
        self.server.connections.add(self.client_address)
        self.close_connection = self.server.hang_up or self.server.hang_up_behind
        if self.server.hang_up:
            return
        status, body = (200, self.server.answers[asked]) if asked in self.server.answers else self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.encoding:
            self.send_header("Content-Encoding", self.server.encoding)
        self.end_headers()
        self.wfile.write(body[:1])
        self.wfile.flush()
        self.server.gate.wait(30)
        for piece in [body[place : place + 1] for place in range(1, len(body))] if self.server.drips else [body[1:]]:
            self.wfile.write(piece)
            self.wfile.flush()
            self.server.dripped += self.server.drips
            time.sleep(DRIP_SECONDS if self.server.drips else 0)

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
    with HttpClient(Endpoint(server.url + "/", "til e", version=3)) as client, pytest.raises(RpcError):
        client.predict_pictures([b"x"])
    with HttpClient(Endpoint(server.url, "tile")) as client, pytest.raises(RpcError):
        client.status()
    assert server.paths == ["POST /v1/models/til%20e/versions/3:predict", "GET /v1/models/tile"]


def test_the_servers_own_words_arrive_and_nothing_is_sent_twice(server: Server) -> None:
    server.answer = 503, b'{"error": "queue is full"}'
    with HttpClient(Endpoint(server.url, "tile")) as client, pytest.raises(RpcError, match="queue is full") as caught:
        client.predict_pictures([b"x"])
    assert caught.value.code == "UNAVAILABLE"
    assert not isinstance(caught.value, Unreachable)
    assert len(server.paths) == 1


METADATA = b"""{"model_spec": {"name": "tile", "version": "%d"}, "metadata": {"signature_def": {"signature_def":
{"serving_default": {"inputs": {}, "outputs": {"%s": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": []}}}}}}}}"""


def test_the_name_that_rest_leaves_out_is_asked_for_once(server: Server) -> None:
    server.answer = 200, b'{"outputs": [[0.5]]}'
    server.answers["GET /v1/models/tile/metadata"] = METADATA % (1, b"defect")
    with HttpClient(Endpoint(server.url, "tile")) as client:
        for _ in range(20):
            assert list(client.predict_pictures([b"x"]).scores) == ["defect"]
    assert server.paths.count("GET /v1/models/tile/metadata") == 1


def test_a_new_version_with_another_name_is_noticed(server: Server) -> None:
    server.answer = 200, b'{"outputs": [[0.5]]}'
    server.answers["GET /v1/models/tile/metadata"] = METADATA % (1, b"defect")
    status = b'{"model_version_status": [{"version": "2", "state": "AVAILABLE", "status": {"error_code": "OK",\
"error_message": ""}}]}'
    with HttpClient(Endpoint(server.url, "tile")) as client:
        client.predict_pictures([b"x"])
        server.answers["GET /v1/models/tile/metadata"] = METADATA % (2, b"scratch")
        server.answers["GET /v1/models/tile"] = status
        client.status()
        assert list(client.predict_pictures([b"x"]).scores) == ["scratch"]


def test_one_connection_carries_many_calls(server: Server) -> None:
    server.answer = 200, b'{"outputs": {"defect": [[0.5]], "open": [[0.1]]}}'
    with HttpClient(Endpoint(server.url, "tile")) as client:
        for _ in range(5):
            client.predict_pictures([b"x"])
    assert len(server.connections) == 1


def test_threads_share_a_client(server: Server) -> None:
    server.answer = 200, b'{"outputs": {"defect": [[0.5]], "open": [[0.1]]}}'
    with HttpClient(Endpoint(server.url, "tile")) as client, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: client.predict_pictures([b"x"]).scores["defect"][0, 0], range(40)))
    assert answers == [0.5] * 40
    assert 1 <= len(server.connections) <= 4


def test_a_request_that_may_have_arrived_is_not_sent_again(server: Server) -> None:
    server.answer = 200, b'{"outputs": {"defect": [[0.5]], "open": [[0.1]]}}'
    with HttpClient(Endpoint(server.url, "tile")) as client:
        client.predict_pictures([b"x"])
        server.hang_up = True
        with pytest.raises(Unreachable, match="hung up") as caught:  # on the kept connection
            client.predict_pictures([b"x"])
        assert "look at its log" in caught.value.hint
        with pytest.raises(Unreachable, match="hung up"):  # on a new one
            client.predict_pictures([b"x"])
    assert len(server.paths) == 3


def test_a_kept_connection_that_the_server_closed_costs_nothing(server: Server) -> None:
    server.answer = 200, b'{"outputs": {"defect": [[0.5]], "open": [[0.1]]}}'
    server.hang_up_behind = True
    with HttpClient(Endpoint(server.url, "tile", retries=0)) as client:
        for number in (1, 2, 3):
            assert client.predict_pictures([b"x"]).scores["defect"][0, 0] == 0.5
            wait_for(lambda: server.closed, lambda closed, number=number: closed >= number)  # type: ignore[misc]
    assert (len(server.connections), len(server.paths)) == (3, 3)


def test_nothing_is_sent_again_after_the_deadline(server: Server) -> None:
    server.gate.clear()
    with HttpClient(Endpoint(server.url, "tile", timeout=0.2, retries=5)) as client, pytest.raises(TooSlow):
        client.predict_pictures([b"x"])
    assert len(server.paths) == 1


def test_a_server_that_starts_late_is_met_by_a_repetition(free_port: int) -> None:
    server = Server.__new__(Server)

    def start() -> None:
        server.__init__(free_port)  # type: ignore[misc]
        server.answer = 200, b'{"model_version_status": []}'
        server.serve_forever(0.02)

    timer = threading.Timer(0.3, start)
    timer.start()
    with HttpClient(Endpoint(f"http://127.0.0.1:{free_port}", "tile", retries=6)) as client:
        assert client.status() == []
    server.shutdown()
    timer.join(10)
    server.server_close()


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.answer = 302, b"elsewhere"
    with (
        HttpClient(Endpoint(server.url, "tile")) as client,
        pytest.raises(RpcError, match="HTTP status 302: elsewhere"),
    ):
        client.status()


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"outputs": {"defect": [[1], [1, 2]]}}'])
def test_an_answer_that_is_none(server: Server, body: bytes) -> None:
    server.answer = 200, body
    with HttpClient(Endpoint(server.url, "tile")) as client, pytest.raises(WireError):
        client.predict_pictures([b"x"])


def test_a_server_that_stops_in_the_middle_of_its_answer(server: Server) -> None:
    server.gate.clear()
    server.answer = 200, b'{"outputs": []}'
    with (
        HttpClient(Endpoint(server.url, "tile", timeout=0.3)) as client,
        pytest.raises(TooSlow, match=r"within 0\.3 s"),
    ):
        client.predict_pictures([b"x"])


def test_the_deadline_is_that_of_the_whole_answer_not_of_each_byte(server: Server) -> None:
    body = b'{"outputs": [' + 1000 * b" " + b"]}"
    server.answer, server.drips = (200, body), True
    with (
        HttpClient(Endpoint(server.url, "tile", timeout=0.3)) as client,
        pytest.raises(TooSlow, match=r"within 0\.3 s"),
    ):
        client.predict_pictures([b"x"])
    assert server.dripped < len(body) / 2, "the client waited for the whole answer"


def test_a_body_that_is_not_compressed_as_its_head_says(server: Server) -> None:
    server.encoding = "gzip"
    with HttpClient(Endpoint(server.url, "tile")) as client, pytest.raises(WireError, match="cannot be inflated"):
        client.status()


def test_nobody_there(free_port: int) -> None:
    with (
        HttpClient(Endpoint(f"http://127.0.0.1:{free_port}", "tile")) as client,
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
        with HttpClient(Endpoint(url, "tile")) as client, pytest.raises(Unreachable, match="hung up"):
            client.status()
        thread.join(10)


def test_the_grpc_port_by_mistake(model_server: ModelServer) -> None:
    with (
        HttpClient(Endpoint(f"http://{model_server.address}", "tile")) as client,
        pytest.raises(Unreachable, match="it does not speak HTTP") as caught,
    ):
        client.status()
    assert "is that its REST port?" in caught.value.hint


@pytest.mark.parametrize("url", ["127.0.0.1:8501", "ftp://127.0.0.1:8501", "http://"])
def test_a_url_that_is_none(url: str) -> None:
    with HttpClient(Endpoint(url, "tile")) as client, pytest.raises(Unreachable, match="expected http://HOST:PORT"):
        client.status()
