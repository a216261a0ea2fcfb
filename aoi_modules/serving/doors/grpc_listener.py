"""The gRPC port, a Unix socket for gRPC, or both: opened by the flags, and opened again when gRPC's own loop ends."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc

from aoi_modules.errors import AoiError
from aoi_modules.serving.doors import tls
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.doors.ports import GRACE_SECONDS, PATIENCE_SECONDS, cannot_listen, wanted_port
from aoi_modules.serving.flags import Flags

log = logging.getLogger(__name__)

REOPEN_SECONDS = 1.0
"""Between two tries to open the port again, and how long what is left of the old server is waited for."""
MAX_MESSAGE_BYTES = (1 << 31) - 1
MINUTE = 60_000
"""In milliseconds."""
OPTIONS: dict[str, int | str] = {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    # Nobody holds a connection for ever by sending or reading slowly. After its age a client opens another one for new
    # calls by itself; calls under way go on, and are cut off only when the grace is over.
    "grpc.server_handshake_timeout_ms": int(1000 * PATIENCE_SECONDS),
    "grpc.max_connection_idle_ms": 30 * MINUTE,
    "grpc.max_connection_age_ms": 60 * MINUTE,
    "grpc.max_connection_age_grace_ms": 60 * MINUTE,
    "grpc.max_concurrent_streams": 1024,
    "grpc.so_reuseport": 0,  # a second server on the port is a mistake, not a partner
}


class GrpcDoor:
    """The open gRPC port, Unix socket or both.

    A method name that is not UTF-8 ends the loop in which gRPC's server takes calls: one client could close the door
    for all. So it is opened again when that happens; calls under way are lost then.

    Args:
        flags: port, socket and certificate.
        make: gives a server with its services that was not started yet.
        answers: of its services, which wait for each other while the door closes.

    Attributes:
        port: where it listens; None if on no port.
    """

    def __init__(self, flags: Flags, make: Callable[[], grpc.aio.Server], answers: HeldAnswers) -> None:
        self.port: int | None = None
        self._answers = answers
        self._flags = flags
        self._make = make
        self._server: grpc.aio.Server | None = None
        self._closed = False
        self._reopening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, flags: Flags, make: Callable[[], grpc.aio.Server], answers: HeldAnswers) -> "GrpcDoor":
        """Opens what the flags name; the arguments are those of the class.

        Raises:
            AoiError: the port or socket is taken or not allowed.
        """
        door = cls(flags, make, answers)
        await door._open()
        return door

    async def _open(self) -> None:
        flags, server = self._flags, self._make()
        port = None
        if flags.port:
            wanted = self.port or wanted_port(flags.port)
            try:
                port = _listen(server, f"{_bracketed(flags.host or '::')}:{wanted}", flags)
            except RuntimeError as error:
                raise cannot_listen("--port", flags.port, flags.host, str(error)) from None
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

    def turn_away(self) -> None:
        """Does nothing: gRPC cannot tell clients to go before it stops taking calls."""

    async def close(self) -> None:
        """Accepts nothing more, and waits for the answers under way."""
        self._closed = True
        if self._server is None:
            return
        async with self._answers.held():
            stopping = asyncio.create_task(self._server.stop(GRACE_SECONDS))
        await stopping


def grpc_server(flags: Flags) -> grpc.aio.Server:
    """Makes a gRPC server without services, for messages of up to 2 GiB unless the flags say otherwise."""
    return grpc.aio.server(options=list((OPTIONS | flags.channel_arguments).items()))


def _listen(server: grpc.aio.Server, address: str, flags: Flags) -> int:
    """Adds an address to a server, and returns its port. TLS is for the Unix socket, too, as in the original."""
    if flags.ssl_config_file:
        return server.add_secure_port(address, tls.credentials(Path(flags.ssl_config_file)))
    return server.add_insecure_port(address)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
