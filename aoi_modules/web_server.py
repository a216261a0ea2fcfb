"""What the model server's REST port and the gateway share: a socket that listens, and uvicorn without its manners."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import uvicorn

KEEP_ALIVE_SECONDS = 75
"""An idle connection is kept so long. A client's pool keeps it for less; else a request would meet its end."""


def listening_socket(
    host: str, port: int, family: socket.AddressFamily = socket.AddressFamily.AF_UNSPEC
) -> socket.socket:
    """Opens a socket that listens.

    Args:
        host: a name or an address of this machine; "" for all interfaces of both IP versions.
        port: 0 for a free one.
        family: the IP version, for names that have both; without it the system chooses.

    Raises:
        OSError: the address is taken, or it is none of this machine.
    """
    if not host and socket.has_dualstack_ipv6():
        family = socket.AddressFamily.AF_INET6
    found = socket.getaddrinfo(host or None, port, family, socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listener = socket.socket(found[0][0], socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Head and body of an answer are two writes. Without this the second one waits 40 ms for the client's word.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(found[0][4])
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


class WebServer(uvicorn.Server):
    """Runs an ASGI application by uvicorn, which writes no log, names itself in no answer and handles no signal.

    Args:
        app: the application.
        http: uvicorn's protocol, or a class of ours.
        lifespan: whether the application is told of start and end.
        grace_seconds: how long answers under way may take after `should_exit` was set.
        backlog: connections that may wait to be accepted.
        announce: is called when connections are accepted.
        tls: with which connections are encrypted; None has them plain.
    """

    def __init__(
        self,
        app: Any,
        *,
        http: type[asyncio.Protocol] | Literal["httptools"],
        lifespan: Literal["on", "off"],
        grace_seconds: int,
        backlog: int = 2048,
        announce: Callable[[], None] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=http,
                ws="none",
                lifespan=lifespan,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=backlog,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=grace_seconds,
                ssl_context_factory=None if tls is None else lambda *_: tls,
            )
        )
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to accept connections, and says so."""
        await super().startup(sockets)
        if self._announce is not None and not self.should_exit:
            self._announce()

    def turn_away(self) -> None:
        """Closes each connection with its next answer, so that clients go elsewhere before `should_exit` ends them."""
        self.server_state.default_headers.append((b"connection", b"close"))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the program. Uvicorn raises them again at its end, and the exit code would not be 0."""
        yield
