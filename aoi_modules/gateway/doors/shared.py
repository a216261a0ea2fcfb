"""What the handlers of the HTTP interface share: the gateway, and how its results are asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.errors import AoiError, NoSuchResult
from aoi_modules.gateway.admission import Admission
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.grpc_app import GrpcApp
from aoi_modules.gateway.doors.pages.parts.newest import Newest
from aoi_modules.gateway.doors.pages.parts.thumbnails import Thumbnails
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes
from aoi_modules.gateway.watching.tracing import Tracing, Untraced
from aoi_modules.results.home import Home
from aoi_modules.results.recorder import Recorder

MAX_WAITING_UNITS = 16
"""Units that may wait for their turn."""
MAX_WAITING_MAPS = 8
"""Maps that may wait for theirs."""
READ_SECONDS = 1.0
"""How long a question about results waits for what was accepted before it."""


@dataclass
class Gateway:
    """What the handlers share.

    `line` and `recorder` are there while the app runs; `draining` is set when it is told to stop; `opened` when
    every route's model has answered for the first time.
    """

    routes: Routes
    metrics: Metrics
    log: structlog.stdlib.BoundLogger
    line: Line | None = None
    draining: bool = False
    opened: bool = False
    home: Home | None = None
    """Where inspections are kept; None keeps none."""
    recorder: Recorder | None = None
    grpc: GrpcApp | None = None
    """The second door; None if there is none."""
    porter: Porter = field(default_factory=Porter)
    """Knows who comes."""
    tracing: Tracing = field(default_factory=Untraced)
    newest: Newest = field(default_factory=Newest)
    """What was inspected last, for pages."""
    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    unit_turns: Admission = field(init=False)
    """Whose turn it is to bring a whole unit: many pictures that come together are held in memory."""
    map_turns: Admission = field(init=False)
    """Whose turn it is to have a map drawn: its whole picture is decoded, beside those of the line."""

    def __post_init__(self) -> None:
        self.unit_turns = Admission("units", self.routes.max_units, MAX_WAITING_UNITS)
        self.map_turns = Admission("maps", 1, MAX_WAITING_MAPS)

    def use(self, routes: Routes) -> None:
        """Changes over to other routes; requests that are under way keep theirs."""
        self.routes = routes
        self.unit_turns.change(routes.max_units, MAX_WAITING_UNITS)
        if self.line is not None:
            self.line.use(routes)


def gateway_of(request: Request) -> Gateway:
    """The gateway that a request came to."""
    gateway: Gateway = request.app.state.gateway
    return gateway


def line_of(request: Request) -> Line:
    """Its line, which is there while the app runs."""
    line = gateway_of(request).line
    if line is None:
        raise RuntimeError("the app was asked before it was started")
    return line


def as_json(body: Any) -> Response:
    """An answer of a struct, or of plain values."""
    return Response(msgspec.json.encode(body), media_type="application/json")


async def recorder_of(request: Request, *, flush: bool = True) -> Recorder:
    """What keeps the inspections, to be asked.

    Args:
        request: of HTTP.
        flush: waits a moment for what was accepted before, so that whoever was answered finds it.

    Raises:
        NoSuchResult: this gateway keeps none.
    """
    recorder = gateway_of(request).recorder
    if recorder is None:
        raise NoSuchResult("this gateway records nothing", hint="start it with --results FOLDER")
    if flush:
        await recorder.flush(READ_SECONDS)
    return recorder


async def read(
    request: Request, ask: Callable[[Recorder], Awaitable[msgspec.Struct | Response]], *, flush: bool = True
) -> Response:
    """Asks the results, or says why they cannot be asked.

    Args:
        request: of HTTP.
        ask: gives a struct, or an answer of another kind.
        flush: see `recorder_of`.
    """
    try:
        found = await ask(await recorder_of(request, flush=flush))
        return found if isinstance(found, Response) else as_json(found)
    except AoiError as error:
        return problems.of_error(error).response()
