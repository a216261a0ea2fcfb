"""The two doors of the server: gRPC and REST on one event loop. Each closes after the answers under way are given."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import grpc
import uvicorn

from aoi_modules.errors import AoiError
from aoi_modules.serving.dataplane import DataPlane
from aoi_modules.serving.flags import ANY_PORT, Flags
from aoi_modules.serving.grpc_service import OPTIONS, add_services
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Workers

GRACE_SECONDS = 10.0
"""How long answers under way may take after the server was told to stop."""
KEEP_ALIVE_SECONDS = 75
"""An idle REST connection is kept so long; shorter than a client's pool keeps it, and requests get lost."""


@asynccontextmanager
async def listen_grpc(flags: Flags, plane: DataPlane, workers: Workers, monitor: Monitor) -> AsyncIterator[int | None]:
    """Serves gRPC while the block runs; gives its port, None when it is off.

    Raises:
        AoiError: the port or socket is taken or not allowed.
    """
    if not flags.port and not flags.grpc_socket_path:
        yield None
        return
    server = grpc.aio.server(options=OPTIONS)
    add_services(server, plane, workers, monitor)
    port = None
    try:
        if flags.port:
            wanted = 0 if flags.port == ANY_PORT else flags.port
            port = server.add_insecure_port(f"{_bracketed(flags.host or '::')}:{wanted}")
        if flags.grpc_socket_path:
            server.add_insecure_port(f"unix:{flags.grpc_socket_path}")
    except RuntimeError as error:
        raise _cannot_listen("--port", flags, str(error)) from None
    await server.start()
    try:
        yield port
    finally:
        await server.stop(GRACE_SECONDS)


@asynccontextmanager
async def listen_rest(flags: Flags, app: Any) -> AsyncIterator[int | None]:
    """Serves an ASGI application while the block runs; gives its port, None when it is off.

    Raises:
        AoiError: the port is taken or not allowed.
    """
    if not flags.rest_api_port:
        yield None
        return
    with _bound_socket(flags) as listener:
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=int(GRACE_SECONDS),
        )
        server = _QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


class _QuietServer(uvicorn.Server):
    """uvicorn without signal handlers of its own: one signal stops both doors."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _bound_socket(flags: Flags) -> Iterator[socket.socket]:
    """A listening socket on the host, or on all interfaces of both IP versions."""
    port = 0 if flags.rest_api_port == ANY_PORT else flags.rest_api_port
    dual = not flags.host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual or ":" in flags.host else socket.AF_INET
    try:
        listener = socket.create_server((flags.host, port), family=family, dualstack_ipv6=dual)
    except OSError as error:
        raise _cannot_listen("--rest_api_port", flags, str(error.strerror or error)) from None
    # asyncio leaves this to sockets that were made for TCP by name. Without it head and body of an answer wait for
    # each other, 40 ms a request.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listener:
        yield listener


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _cannot_listen(flag: str, flags: Flags, reason: str) -> AoiError:
    port = flags.port if flag == "--port" else flags.rest_api_port
    return AoiError(
        f"{flag}: cannot listen on port {port} of {flags.host or 'all interfaces'}: {reason}",
        hint=f"choose another port, or {flag}=any for a free one",
    )
