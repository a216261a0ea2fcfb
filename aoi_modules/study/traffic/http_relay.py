"""A relay between an HTTP client and its server: it passes each request on, and keeps it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from aoi_modules.closing import Closing

SECONDS = 30.0
"""How long the server behind the relay may take."""


@dataclass(frozen=True)
class HttpCall:
    """One request that went through the relay.

    Args:
        method: of HTTP, `POST`.
        path: what follows host and port.
        headers: as the client sent them.
        body: as the client sent it.
        status: of the server's answer; 502 if none came.
        answer: the server's words.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer: bytes


class HttpRelay(Closing):
    """Listens on a free port of this machine, and asks one server; a context manager that stops it.

    Args:
        target: base URL of the server, `http://HOST:PORT`.

    Attributes:
        url: base URL for clients.
        calls: what went through so far, in the order of the answers.
    """

    def __init__(self, target: str) -> None:
        self.calls: list[HttpCall] = []
        self._target = target
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy meant for the web does not know this machine's ports
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def pass_on(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        """Asks the server, and keeps the call; gives status, content type and words of its answer."""
        kind = {"Content-Type": headers["Content-Type"]} if "Content-Type" in headers else {}
        try:
            reply = self._session.request(method, self._target + path, data=body, headers=kind, timeout=SECONDS)
            status, content = reply.status_code, reply.content
            answered = reply.headers.get("Content-Type", "application/octet-stream")
        except requests.RequestException as error:
            status, answered = 502, "text/plain"
            content = f"the relay got no answer from {self._target}: {type(error).__name__}".encode()
        self.calls.append(HttpCall(method, path, headers, body, status, content))
        return status, answered, content

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._session.close()


def _handler_of(relay: HttpRelay) -> type[BaseHTTPRequestHandler]:
    """The class by which the server of Python's library answers for a relay."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a body would wait 40 ms for the receipt of its head

        def do_POST(self) -> None:
            if "Content-Length" not in self.headers:  # a body in pieces of unknown number
                self._answer(411, "text/plain", b"expected a body with a Content-Length")
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*relay.pass_on(self.command, self.path, dict(self.headers), body))

        def do_GET(self) -> None:
            self._answer(*relay.pass_on(self.command, self.path, dict(self.headers), b""))

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
            pass

    return Handler
