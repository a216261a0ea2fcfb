"""Calls by HTTP against a real server: any answer comes as it is, and what gives none is named."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import TooSlow, Unreachable


class Echo(BaseHTTPRequestHandler):
    """Sends back what it got, with the status that the path names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = f"{self.command} {self.headers['Content-Type']} ".encode() + body
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server, ThreadPoolExecutor(1) as threads:
        server.daemon_threads = True
        serving = threads.submit(server.serve_forever, 0.02)
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.result(10)


@pytest.mark.parametrize("status", [200, 302, 404, 503])
def test_every_status_is_an_answer(url: str, status: int) -> None:
    calls = HttpCalls(url)
    assert calls.call("GET", f"{url}/{status}", Attempts(10, 0)) == (status, b"GET application/json ")
    calls.close()


def test_a_body_goes_with_its_type(url: str) -> None:
    calls = HttpCalls(url)
    told = calls.call("POST", f"{url}/200", Attempts(10, 0), b"picture", "application/octet-stream")
    assert told == (200, b"POST application/octet-stream picture")
    calls.close()


def test_a_large_body_comes_whole(url: str) -> None:
    calls = HttpCalls(url)
    status, content = calls.call("POST", f"{url}/200", Attempts(30, 0), bytes(3_000_000))
    assert (status, len(content)) == (200, 3_000_000 + len("POST application/json "))
    calls.close()


def test_who_was_asked_and_what_to_do_is_the_callers_word(free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    with pytest.raises(Unreachable, match=f"no gateway answers at {url} ") as caught:
        HttpCalls(url, server="gateway", hint="start one").call("GET", url, Attempts(5, 0))
    assert caught.value.hint == "start one"


def test_a_time_that_is_used_up_is_named_as_it_was_given(url: str) -> None:
    seconds = [0.0]
    attempts = Attempts(3, 0, clock=lambda: seconds[0])
    seconds[0] = 4.0
    with pytest.raises(TooSlow, match=f"the model server at {url} did not answer within 3 s"):
        HttpCalls(url).call("GET", f"{url}/200", attempts)
