"""The two doors of the server: gRPC and REST on one event loop. Each closes after the answers under way are given."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import grpc
import uvicorn

from aoi_modules.errors import AoiError
from aoi_modules.serving import tls
from aoi_modules.serving.flags import ANY_PORT, Flags
from aoi_modules.serving.grpc_service import OPTIONS
from aoi_modules.serving.http_protocol import PatientProtocol

GRACE_SECONDS = 10.0
"""How long answers under way may take after the server was told to stop."""
KEEP_ALIVE_SECONDS = 75
"""An idle REST connection is kept so long; shorter than a client's pool keeps it, and requests get lost."""


class Door(Protocol):
    """An open way into the server.

    Attributes:
        port: where it listens; None if on no port.
    """

    port: int | None

    async def close(self) -> None:
        """Accepts nothing more, and waits up to GRACE_SECONDS for the answers under way."""


class GrpcDoor:
    """gRPC on a port, a Unix socket or both."""

    def __init__(self, server: grpc.aio.Server, port: int | None) -> None:
        self.port = port
        self._server = server

    @classmethod
    async def open(cls, flags: Flags, server: grpc.aio.Server) -> "GrpcDoor":
        """Opens what the flags name.

        Raises:
            AoiError: the port or socket is taken or not allowed.
        """
        port = None
        try:
            if flags.port:
                wanted = 0 if flags.port == ANY_PORT else flags.port
                address = f"{_bracketed(flags.host or '::')}:{wanted}"
                if flags.ssl_config_file:
                    port = server.add_secure_port(address, tls.credentials(Path(flags.ssl_config_file)))
                else:
                    port = server.add_insecure_port(address)
            if flags.grpc_socket_path:
                server.add_insecure_port(f"unix:{flags.grpc_socket_path}")
        except RuntimeError as error:
            raise _cannot_listen("--port", flags.port, flags, str(error)) from None
        await server.start()
        return cls(server, port)

    async def close(self) -> None:
        await self._server.stop(GRACE_SECONDS)


def grpc_server(flags: Flags) -> grpc.aio.Server:
    """A gRPC server without services, for messages of up to 2 GiB unless the flags say otherwise."""
    return grpc.aio.server(options=list((dict(OPTIONS) | flags.channel_arguments).items()))


class RestDoor:
    """An ASGI application behind uvicorn."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        self.port: int | None = listener.getsockname()[1]
        self._server = server
        self._serving = asyncio.create_task(server.serve(sockets=[listener]))

    @classmethod
    async def open(cls, flags: Flags, app: Any) -> "RestDoor":
        """Opens the REST port.

        Raises:
            AoiError: the port is taken or not allowed.
        """
        listener = _bound_socket(flags)
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=int(GRACE_SECONDS),
        )
        door = cls(_QuietServer(config), listener)
        while not door._server.started and not door._serving.done():
            await asyncio.sleep(0.005)
        return door

    async def close(self) -> None:
        self._server.should_exit = True
        await self._serving  # which closes the socket, too


class _QuietServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: one signal closes both doors."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound_socket(flags: Flags) -> socket.socket:
    """A listening socket on the host, or on all interfaces of both IP versions."""
    port = 0 if flags.rest_api_port == ANY_PORT else flags.rest_api_port
    dual = not flags.host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual or ":" in flags.host else socket.AF_INET
    try:
        listener = socket.create_server((flags.host, port), family=family, dualstack_ipv6=dual)
        # Head and body of an answer are two writes; without this the second waits 40 ms for the client's word.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise _cannot_listen("--rest_api_port", port, flags, str(error.strerror or error)) from None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _cannot_listen(flag: str, port: int, flags: Flags, reason: str) -> AoiError:
    return AoiError(
        f"{flag}: cannot listen on port {port} of {flags.host or 'all interfaces'}: {reason}",
        hint=f"choose another port, or {flag}=any for a free one",
    )
