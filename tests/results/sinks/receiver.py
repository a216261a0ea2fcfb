"""A webhook's receiver for tests: a real HTTP server that answers as it is told, and remembers what it was sent."""

import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Request:
    """What came, and when, in seconds of a clock that only rises."""

    headers: dict[str, str]
    body: bytes
    moment: float
    connection: int
    """The port that it came from."""


OK = Said(204)


@dataclass
class Receiver:
    """What a receiver will say, and what it was sent.

    Args:
        url: of the webhook.
        answers: to the next requests, in order; then it says `otherwise`. None hangs up.
        otherwise: see `answers`.
        about: to requests with a message of this id, whatever else is said.
    """

    url: str = ""
    answers: list[Said | None] = field(default_factory=list)
    otherwise: Said = OK
    about: dict[str, Said] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def ids(self) -> Sequence[str]:
        """Ids of the messages that came, in order."""
        return [request.headers["webhook-id"] for request in self.requests]


@contextmanager
def running_receiver(port: int = 0, certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver that runs; `certificate` is the path of NAME.pem beside NAME.key."""
    receiver = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", port), _handler(receiver)) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/aoi"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 1.0

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(headers, body, time.monotonic(), self.client_address[1]))
            said = receiver.answers.pop(0) if receiver.answers else receiver.otherwise
            said = receiver.about.get(headers["webhook-id"], said)
            if said is None:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in {**said.headers, "content-length": str(len(said.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    return Handler
