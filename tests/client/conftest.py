from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.client.model_server import ModelServer


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A controllable model server on a free port."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def answering() -> Iterator[str]:
    """The URL of a server that answers everything with an empty JSON object."""
    with HTTPServer(("127.0.0.1", 0), _Empty) as server, ThreadPoolExecutor(1) as threads:
        serving = threads.submit(server.serve_forever, 0.02)
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.result(10)


class _Empty(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass
