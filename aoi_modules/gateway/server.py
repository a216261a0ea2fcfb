"""The gateway's process: from routes to a listening server, and an orderly end."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from aoi_modules import event_loop
from aoi_modules.child_process import write_ready_file
from aoi_modules.errors import AoiError
from aoi_modules.gateway.http_app import Gateway, build_app
from aoi_modules.gateway.logs import make_log
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes

_BACKLOG = 1024
_MARGIN_SECONDS = 2.0


@dataclass(frozen=True)
class ServerOptions:
    """How the gateway listens and stops.

    Args:
        host: address to listen on.
        port: 0 takes a free one.
        ready_file: written when the gateway listens: `{"http": PORT}`.
        drain_seconds: how long /readyz says no before the gateway stops listening, so that a load balancer turns away.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    ready_file: Path | None = None
    drain_seconds: float = 0.5


def run_gateway(routes: Routes, options: ServerOptions) -> None:
    """Serves until SIGTERM or SIGINT, then: not ready, finish what is in flight, close, return.

    Raises:
        AoiError: the address cannot be listened on.
    """
    with listening_socket(options.host, options.port) as listener:
        event_loop.run(_serve(routes, options, listener))


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises:
        AoiError: the address is taken or not this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body are two writes
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise AoiError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="another program may listen there; --port any takes a free port",
        ) from None
    return listener


async def _serve(routes: Routes, options: ServerOptions, listener: socket.socket) -> None:
    gateway = Gateway(routes, Metrics(), make_log())
    port = listener.getsockname()[1]

    def announce() -> None:
        gateway.log.info("listening", host=options.host, port=port, components=sorted(routes.components))
        if options.ready_file is not None:
            write_ready_file(options.ready_file, {"http": port})

    server = _Server(_config(gateway, routes), announce)
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []

    def stop() -> None:
        if not gateway.draining:
            gateway.draining = True
            tasks.append(loop.create_task(_drain(server, options.drain_seconds)))
        else:
            server.should_exit = server.force_exit = True  # told twice: now

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve([listener])
    gateway.log.info("stopped")


async def _drain(server: uvicorn.Server, seconds: float) -> None:
    await asyncio.sleep(seconds)
    server.should_exit = True


def _config(gateway: Gateway, routes: Routes) -> uvicorn.Config:
    longest = max(route.timeout_ms for route in routes.components.values()) + routes.upload_timeout_ms
    return uvicorn.Config(
        build_app(gateway),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=int(longest / 1000 + _MARGIN_SECONDS),
    )


class _Server(uvicorn.Server):
    """Uvicorn, but the signals are ours and it says when it listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn would raise the signal once more at the end, and the exit code would not be 0."""
        yield
