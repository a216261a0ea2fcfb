"""The two doors of the server: gRPC and REST on one event loop. Each closes after the answers under way are given."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import grpc
import uvicorn

from aoi_modules.errors import AoiError
from aoi_modules.serving.doors import tls
from aoi_modules.serving.doors.grpc_service import OPTIONS
from aoi_modules.serving.doors.http_protocol import PatientProtocol
from aoi_modules.serving.flags import ANY_PORT, Flags

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long answers under way may take after the server was told to stop."""
REOPEN_SECONDS = 1.0
"""Between two tries to open the gRPC port again, and how long what is left of the old server is waited for."""
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
    """gRPC on a port, a Unix socket or both.

    A method name that is not UTF-8 ends the loop in which gRPC's server takes calls: one client could close the door
    for all. So it is opened again when that happens; calls under way are lost then.
    """

    def __init__(self, flags: Flags, make: Callable[[], grpc.aio.Server]) -> None:
        self.port: int | None = None
        self._flags = flags
        self._make = make
        self._server: grpc.aio.Server | None = None
        self._closed = False
        self._reopening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, flags: Flags, make: Callable[[], grpc.aio.Server]) -> "GrpcDoor":
        """Opens what the flags name.

        Args:
            flags: port, socket and certificate.
            make: gives a server with its services that was not started yet.

        Raises:
            AoiError: the port or socket is taken or not allowed.
        """
        door = cls(flags, make)
        await door._open()
        return door

    async def _open(self) -> None:
        flags, server = self._flags, self._make()
        port = None
        if flags.port:
            wanted = self.port or (0 if flags.port == ANY_PORT else flags.port)
            try:
                port = _listen(server, f"{_bracketed(flags.host or '::')}:{wanted}", flags)
            except RuntimeError as error:
                raise _cannot_listen("--port", flags.port, flags, str(error)) from None
        if flags.grpc_socket_path:
            try:
                _listen(server, f"unix:{flags.grpc_socket_path}", flags)
            except RuntimeError as error:
                raise AoiError(f"--grpc_socket_path: cannot listen at {flags.grpc_socket_path}: {error}") from None
        before = asyncio.all_tasks()
        await server.start()
        for task in asyncio.all_tasks() - before:  # one of them takes the calls
            task.add_done_callback(self._on_end)
        self.port, self._server = port, server

    def _on_end(self, task: "asyncio.Task[Any]") -> None:
        if not self._closed and not task.cancelled() and task.exception() is not None:
            self._reopening = asyncio.create_task(self._reopen(task.exception()))

    async def _reopen(self, error: BaseException | None) -> None:
        log.error("gRPC takes no more calls (%s); its port is opened again", error)
        if self._server is not None:
            with suppress(Exception):  # it has ended already; what is left of it is of no use
                await asyncio.wait_for(self._server.stop(None), REOPEN_SECONDS)
        while not self._closed:
            try:
                await self._open()
                break
            except AoiError as refused:
                log.error("%s", refused.message)
                await asyncio.sleep(REOPEN_SECONDS)

    async def close(self) -> None:
        self._closed = True
        if self._server is not None:
            await self._server.stop(GRACE_SECONDS)


def grpc_server(flags: Flags) -> grpc.aio.Server:
    """A gRPC server without services, for messages of up to 2 GiB unless the flags say otherwise."""
    return grpc.aio.server(options=list((dict(OPTIONS) | flags.channel_arguments).items()))


def _listen(server: grpc.aio.Server, address: str, flags: Flags) -> int:
    """Returns the port. Whoever wants TLS has it on the Unix socket, too, as in the original."""
    if flags.ssl_config_file:
        return server.add_secure_port(address, tls.credentials(Path(flags.ssl_config_file)))
    return server.add_insecure_port(address)


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
    if problem := _host_problem(flags.host):
        return AoiError(
            f"--host: cannot listen on any port of {flags.host}: {problem}",
            hint="expected an address of this machine; without --host it is all of them",
        )
    return AoiError(
        f"{flag}: cannot listen on port {'any' if port in (0, ANY_PORT) else port} of "
        f"{flags.host or 'all interfaces'}: {reason}",
        hint=f"choose another port, or {flag}=any for a free one",
    )


def _host_problem(host: str) -> str:
    """Why not even a free port of the host can be had; empty if one can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        try:
            probe.bind((host, 0))
        except OSError as error:
            return error.strerror or str(error)
    return ""
