"""The HTTP relay passes requests on as they are, and keeps them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from aoi_modules.study.traffic.http_relay import HttpRelay


class Echo(BaseHTTPRequestHandler):
    """Answers a POST with its own body and 201, a GET with its path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, self.headers.get("Content-Type", "none"), body)

    def do_GET(self) -> None:
        self._answer(404, "text/plain", self.path.encode())

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        pass


@pytest.fixture
def target() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(10)


def test_a_request_goes_through_and_is_kept(target: str) -> None:
    with HttpRelay(target) as relay:
        answer = requests.post(f"{relay.url}/v1/models/tile:predict?x=1", json={"instances": [1]}, timeout=10)
    assert (answer.status_code, answer.json()) == (201, {"instances": [1]})
    assert answer.headers["Content-Type"] == "application/json"
    (call,) = relay.calls
    assert (call.method, call.path, call.status) == ("POST", "/v1/models/tile:predict?x=1", 201)
    assert call.body == call.answer == b'{"instances": [1]}'


def test_a_refusal_comes_back_as_it_is(target: str) -> None:
    with HttpRelay(target) as relay:
        answer = requests.get(f"{relay.url}/nowhere", timeout=10)
    assert (answer.status_code, answer.text) == (404, "/nowhere")
    assert relay.calls[0].status == 404


def test_a_body_in_pieces_is_refused_and_not_half_read(target: str) -> None:
    with HttpRelay(target) as relay:
        answer = requests.post(relay.url, data=iter([b"one", b"two"]), timeout=10)
    assert answer.status_code == 411
    assert not relay.calls


def test_a_server_that_is_away_becomes_502(target: str) -> None:
    with HttpRelay("http://127.0.0.1:1") as relay:
        answer = requests.post(f"{relay.url}/", data=b"x", timeout=10)
    assert answer.status_code == 502
    assert "no answer from http://127.0.0.1:1" in answer.text
    assert relay.calls[0].status == 502
