"""The gateway's process: from routes to a listening server, and an orderly end."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from aoi_modules import event_loop, logs
from aoi_modules.child_process import write_ready_file
from aoi_modules.errors import AoiError, EntranceError, RouteError
from aoi_modules.gateway.doors.access.door_tls import DoorTls, NamingProtocol
from aoi_modules.gateway.doors.access.entrance import entrance_of
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.grpc_app import GrpcApp
from aoi_modules.gateway.doors.http_app import build_app
from aoi_modules.gateway.doors.shared import Gateway
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes, read_routes
from aoi_modules.gateway.watching.tracing import traced_to
from aoi_modules.machine import allocator
from aoi_modules.machine.processors import processors
from aoi_modules.results.home import Home, at_home
from aoi_modules.settings import settings
from aoi_modules.web_server import WebServer, listening_socket

_BACKLOG = 1024
_MARGIN_SECONDS = 2.0
FIRST_PEOPLE = "aoi gateway user add NAME --role admin; aoi gateway key add MACHINE"
"""What to do where nobody may come in yet."""
WATCH_SECONDS = 1.0
"""How often the file of the routes is looked at."""


@dataclass(frozen=True)
class ServerOptions:
    """How the gateway listens and stops.

    Args:
        host: address to listen on.
        port: 0 takes a free one.
        ready_file: written when the gateway listens: `{"http": PORT}`, and `"grpc"` with a second door.
        drain_seconds: how long /readyz says no before the gateway stops listening, so that a load balancer turns away.
        results: folder in which inspections are kept; None keeps none.
        database: where they go from there; None for a SQLite file in the folder.
        pictures: where pictures go: a folder, or a bucket of S3 by URL; None for a folder in the folder.
        sync: whether each is on disk before it is answered; without, a power cut loses the last ones.
        grpc_port: of the second door, for clients of TensorFlow Serving; 0 takes a free one, None has none.
        traces: URL of a receiver of OTLP by HTTP, to which spans go; None makes none.
        tls: certificate of both ports; None has them plain.
        behind_proxy: networks of proxies that speak TLS in front of it.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    ready_file: Path | None = None
    drain_seconds: float = 0.5
    results: Path | None = None
    database: str | None = None
    pictures: str | None = None
    sync: bool = True
    grpc_port: int | None = None
    traces: str | None = None
    tls: DoorTls | None = None
    behind_proxy: Sequence[str] = ()

    @contextmanager
    def home(self) -> Iterator[Home | None]:
        """Holds the place where inspections are kept; None keeps none.

        Raises:
            ResultsError: it cannot be used.
        """
        if self.results is None:
            yield None
        else:
            with at_home(self.results, self.database, self.pictures, sync=self.sync) as home:
                yield home


def run_gateway(routes_file: Path, options: ServerOptions) -> None:
    """Serves until SIGTERM or SIGINT, then: not ready, finish what is in flight, close, return.

    The routes are read again when their file changes, and at SIGHUP.

    Raises:
        RouteError: the routes cannot be used.
        ResultsError: inspections cannot be kept as the options say.
        EntranceError: other machines would reach it without TLS, or a file of it cannot be used.
        SettingsError, MissingExtra: traces cannot be sent as the options say.
        AoiError: the address cannot be listened on.
    """
    if not settings().arenas_chosen:
        allocator.limit_arenas(processors())
    log = logs.event_log()
    entrance = entrance_of(options.host, tls=options.tls is not None, behind_proxy=options.behind_proxy)
    if options.results is None and not entrance.open and (options.tls is None or options.tls.client_ca is None):
        raise EntranceError(
            "--results none: expected a folder, because users and keys are kept there, and nobody comes from another"
            " machine without",
            hint="--results FOLDER; or --tls_client_ca, for machines that show a certificate",
        )
    gateway = Gateway(
        read_routes(routes_file), Metrics(), log, tracing=traced_to(options.traces, log), porter=Porter(entrance)
    )
    with options.home() as gateway.home, open_port(options.host, options.port) as listener:
        event_loop.run(_serve(gateway, routes_file, options, listener))


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


async def _serve(gateway: Gateway, routes_file: Path, options: ServerOptions, listener: socket.socket) -> None:
    port, routes = listener.getsockname()[1], gateway.routes
    ports = {"http": port}
    if options.grpc_port is not None:
        gateway.grpc = GrpcApp(
            lambda: gateway.routes, gateway.metrics, gateway.log, gateway.tracing, lambda: gateway.porter
        )
        ports["grpc"] = gateway.grpc.listen(options.host, options.grpc_port, options.tls)

    def announce() -> None:
        event_loop.settle()
        kept = {} if gateway.home is None else {"results": str(options.results), "gateway": gateway.home.name}
        gateway.log.info("listening", host=options.host, port=port, components=sorted(routes.components), **kept)
        if gateway.porter.nobody and not gateway.porter.open:
            gateway.log.warning("nobody may come in yet", hint=FIRST_PEOPLE)
        if options.ready_file is not None:
            write_ready_file(options.ready_file, ports)

    app = build_app(gateway)
    server = _web_server(app, routes, announce, options.tls)
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []

    def stop() -> None:
        if not gateway.draining:
            gateway.draining = True
            server.config.timeout_graceful_shutdown = _longest_seconds(gateway.routes)
            tasks.append(loop.create_task(_drain(server, options.drain_seconds)))
        else:
            server.should_exit = server.force_exit = True  # told twice: now
            if gateway.grpc is not None:
                gateway.grpc.hurry()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, _reload, gateway, routes_file)
    tasks.append(loop.create_task(_watch(gateway, routes_file)))
    async with AsyncExitStack() as started:  # not by uvicorn, which writes a stack trace where it cannot start
        await started.enter_async_context(app.router.lifespan_context(app))
        await server.serve([listener])
        if server.force_exit:
            started.pop_all()
    for task in tasks:
        task.cancel()
    gateway.log.info("stopped")


def _web_server(app: Starlette, routes: Routes, announce: Callable[[], None], tls: DoorTls | None) -> WebServer:
    return WebServer(
        app,
        http="httptools" if tls is None else NamingProtocol,
        tls=None if tls is None else tls.context(),
        lifespan="off",
        grace_seconds=_longest_seconds(routes),
        backlog=_BACKLOG,
        announce=announce,
    )


def _longest_seconds(routes: Routes) -> int:
    """How long an inspection may take from its first byte to its verdict."""
    longest = max(route.timeout_ms for route in routes.components.values()) + routes.upload_timeout_ms
    return int(longest / 1000 + _MARGIN_SECONDS)


async def _drain(server: WebServer, seconds: float) -> None:
    server.turn_away()
    await asyncio.sleep(seconds)
    server.should_exit = True


async def _watch(gateway: Gateway, routes_file: Path) -> None:
    """Reads the routes again whenever their file has changed, and rests: it may be half written before."""
    used = last = _fingerprint(routes_file)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        found = _fingerprint(routes_file)
        if found == last != used:
            used = found
            _reload(gateway, routes_file)
        last = found


def _fingerprint(path: Path) -> tuple[int, ...]:
    """Changes with the file; of a link it is that of the file behind it, as in a mounted ConfigMap."""
    try:
        found = path.stat()
    except OSError:  # the next reading says what is wrong with it
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _reload(gateway: Gateway, routes_file: Path) -> None:
    """Changes over to the routes as they stand in the file now. Those that cannot be used are refused, the old stay."""
    try:
        routes = read_routes(routes_file)
    except RouteError as error:
        gateway.metrics.reloads.labels("refused").inc()
        gateway.log.error("routes refused", detail=error.message, hint=error.hint)
        return
    gateway.use(routes)
    gateway.metrics.reloads.labels("taken").inc()
    gateway.log.info("routes taken", components=sorted(routes.components))
