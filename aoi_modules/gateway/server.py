"""The gateway's process: from routes to a listening server, and an orderly end."""

import asyncio
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aoi_modules import event_loop, logs
from aoi_modules.child_process import write_ready_file
from aoi_modules.errors import AoiError
from aoi_modules.gateway.http_app import Gateway, build_app
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes
from aoi_modules.web_server import WebServer, listening_socket

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
    with open_port(options.host, options.port) as listener:
        event_loop.run(_serve(routes, options, listener))


def open_port(host: str, port: int) -> socket.socket:
    """Opens the gateway's port; 0 takes a free one.

    Raises:
        AoiError: the address is taken or not this machine's.
    """
    try:
        return listening_socket(host, port)
    except OSError as error:
        raise AoiError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="another program may listen there; --port any takes a free port",
        ) from None


async def _serve(routes: Routes, options: ServerOptions, listener: socket.socket) -> None:
    gateway = Gateway(routes, Metrics(), logs.event_log())
    port = listener.getsockname()[1]

    def announce() -> None:
        gateway.log.info("listening", host=options.host, port=port, components=sorted(routes.components))
        if options.ready_file is not None:
            write_ready_file(options.ready_file, {"http": port})

    server = _web_server(gateway, routes, announce)
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


def _web_server(gateway: Gateway, routes: Routes, announce: Callable[[], None]) -> WebServer:
    longest = max(route.timeout_ms for route in routes.components.values()) + routes.upload_timeout_ms
    return WebServer(
        build_app(gateway),
        http="httptools",
        lifespan="on",
        grace_seconds=int(longest / 1000 + _MARGIN_SECONDS),
        backlog=_BACKLOG,
        announce=announce,
    )


async def _drain(server: WebServer, seconds: float) -> None:
    await asyncio.sleep(seconds)
    server.should_exit = True
