"""The gateway's HTTP interface: it only translates, and `line` does the work."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.routing import Route as HttpRoute

from aoi_modules.errors import AoiError
from aoi_modules.gateway.doors import picture_log, problems, unit_form
from aoi_modules.gateway.doors.access.guard import guarded
from aoi_modules.gateway.doors.access.login import ACCESS
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.forms import headers_of
from aoi_modules.gateway.doors.openapi import page
from aoi_modules.gateway.doors.openapi.document import document_of
from aoi_modules.gateway.doors.pages.app import PAGES
from aoi_modules.gateway.doors.picture_log import Log
from aoi_modules.gateway.doors.probes import Alive, readiness
from aoi_modules.gateway.doors.problems import DRAINING, Problem
from aoi_modules.gateway.doors.results_http import MEDIA_TYPES, find_page, find_unit
from aoi_modules.gateway.doors.shared import Gateway, as_json, gateway_of, line_of, read
from aoi_modules.gateway.doors.station.app import STATION
from aoi_modules.gateway.doors.station.components import components_of
from aoi_modules.gateway.doors.station.golden import is_golden, refuse_golden
from aoi_modules.gateway.doors.uploads import MAX_NAME, Upload, name_of, origin_of, request_id_of, said_of
from aoi_modules.gateway.limits import Limits
from aoi_modules.gateway.line import Answer, Line
from aoi_modules.gateway.metrics import UNKNOWN
from aoi_modules.gateway.records import Records
from aoi_modules.gateway.routes import Routes
from aoi_modules.gateway.units import UnitOrder, inspect_unit
from aoi_modules.judging.inspection import Inspection
from aoi_modules.judging.unit import UnitInspection
from aoi_modules.logs import REQUEST_ID
from aoi_modules.results.closing import Closing
from aoi_modules.results.database import reading
from aoi_modules.results.recorder import Recorder

PICTURE_PATH, UNIT_PATH = "/v1/inspect/{component}", "/v1/units/{unit:text}/inspect"
DATABASE_SECONDS = 3.0
"""How long the start waits for the database; without it, inspections are kept on disk until it is there."""
CLIENT_LEFT = 499
"""Status in log and metrics of a request whose client hung up; nobody reads the answer."""


def build_app(gateway: Gateway) -> Starlette:
    """Builds the app of one gateway; starting and stopping it opens and closes the connections to the model servers."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            opened.push_async_callback(gateway.tracing.close)
            gateway.recorder = recorder = await _recorder(gateway, opened)
            if recorder is not None:
                gateway.porter = Porter(gateway.porter.entrance, recorder.people, recorder.database)
            records = Records(recorder, "" if gateway.home is None else gateway.home.name)
            limits = Limits(None if recorder is None else recorder.limits)
            checks = None if recorder is None else recorder.checks
            gateway.line = Line(gateway.routes, gateway.metrics, gateway.log, records, gateway.tracing, limits, checks)
            opened.push_async_callback(gateway.line.close)
            if gateway.grpc is not None:
                await gateway.grpc.open(gateway.line)
                opened.push_async_callback(gateway.grpc.close)
            yield

    register_url_convertor("text", _Text())
    app = Starlette(
        routes=guarded(
            [
                HttpRoute(PICTURE_PATH, post_picture, methods=["POST"]),
                HttpRoute(UNIT_PATH, post_unit, methods=["POST"]),
                HttpRoute("/v1/units/{unit:text}/close", post_close, methods=["POST"]),
                HttpRoute("/v1/units/{unit:text}", get_unit, methods=["GET"]),
                HttpRoute("/v1/inspections", get_inspections, methods=["GET"]),
                HttpRoute("/v1/inspections/{id}/picture", get_picture, methods=["GET"]),
                HttpRoute("/v1/inspections/{id}", get_inspection, methods=["GET"]),
                *STATION,
                HttpRoute("/v1/components", get_components, methods=["GET"]),
                HttpRoute("/healthz", get_healthz, methods=["GET"]),
                HttpRoute("/readyz", get_readyz, methods=["GET"]),
                HttpRoute("/openz", get_openz, methods=["GET"]),
                HttpRoute("/metrics", get_metrics, methods=["GET"]),
                *ACCESS,
                HttpRoute("/openapi.json", get_openapi, methods=["GET"]),
                HttpRoute("/docs", get_docs, methods=["GET"]),
                HttpRoute("/docs/{file}", get_docs_file, methods=["GET"]),
                *PAGES,
            ]
        ),
        exception_handlers={HTTPException: _no_such_route, Exception: _fault},
        lifespan=lifespan,
    )
    app.state.gateway = gateway
    return app


class _Text(Convertor[str]):
    """Any text, slashes and line breaks too: what no name may hold is refused as a name, not as an unknown path."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


async def _recorder(gateway: Gateway, opened: AsyncExitStack) -> Recorder | None:
    """Starts to keep inspections, if there is a place for them."""
    if gateway.home is None:
        return None
    recorder = gateway.home.open(
        gateway.log, lambda: gateway.routes.products, lambda: gateway.routes.retention, gateway.routes.sinks
    )
    opened.push_async_callback(recorder.close)
    await recorder.start(DATABASE_SECONDS, lambda: gateway.draining)
    gateway.metrics.watch(recorder, gateway.home.folder)
    return recorder


async def post_picture(request: Request) -> Response:
    """POST /v1/inspect/{component}: the picture's bytes in, the verdict out."""
    gateway, component = gateway_of(request), request.path_params["component"]
    label = component if component in gateway.routes.components else UNKNOWN
    counted = gateway.metrics.of(label)
    with counted.in_flight.track_inprogress():
        about = {"component": component[:MAX_NAME], **_unit_said(request)}
        response = await _answered(request, PICTURE_PATH, partial(_inspect_picture, request, component), about)
    counted.requests[response.status_code].inc()
    return response


async def post_unit(request: Request) -> Response:
    """POST /v1/units/{unit}/inspect: a multipart form of pictures in, the verdict of the unit out."""
    gateway, unit = gateway_of(request), request.path_params["unit"]
    response = await _answered(request, UNIT_PATH, partial(_inspect_unit, request, unit), {"unit": unit[:MAX_NAME]})
    gateway.metrics.unit_requests.labels(response.status_code).inc()
    return response


@dataclass(frozen=True)
class _Asked:
    """What is known of a request from its beginning: its id, its log, and when it came, by `time.perf_counter`."""

    id: str
    log: Log
    started: float = field(default_factory=time.perf_counter)


async def _inspect_picture(request: Request, component: str, asked: _Asked) -> Inspection:
    routes = gateway_of(request).routes
    upload, checking = _upload(request, routes.max_picture_bytes, asked.id), is_golden(request)
    answer = await line_of(request).answer(component, upload, checking=checking)
    picture_log.inspected(asked.log, answer, 200, asked.started)
    return answer.inspection


async def _inspect_unit(request: Request, unit: str, asked: _Asked) -> UnitInspection:
    gateway = gateway_of(request)
    routes = gateway.routes
    refuse_golden(request)
    upload = _upload(request, routes.max_unit_bytes, asked.id)
    order = UnitOrder(
        unit=name_of("unit", unit),
        pictures=(),
        origin=upload.origin(),
        plan=unit_form.plan_of(upload.origin(), routes),
        wanted_ms=upload.wanted_ms(),
        key=upload.key(),
        request_id=asked.id,
    )
    async with gateway.unit_turns.turn(routes.upload_timeout_ms / 1000):
        pictures = await unit_form.read_form(request, routes, upload)
        order = replace(order, pictures=pictures)
        inspection = await inspect_unit(line_of(request), order, partial(_told, asked.log, routes))
    verdict, elapsed = inspection.verdict, picture_log.since(asked.started)
    asked.log.info("unit inspected", status=200, verdict=verdict, product=inspection.product, ms=elapsed)
    gateway.metrics.unit_verdicts.labels(inspection.product or "", inspection.verdict.value).inc()
    return inspection


def _told(log: Log, routes: Routes, position: str, component: str, outcome: Answer | AoiError, started: float) -> None:
    """A line for a picture of a unit."""
    log = log.bind(**picture_log.known({"component": component, "position": position[:MAX_NAME]}, routes))
    if isinstance(outcome, Answer):
        picture_log.inspected(log, outcome, 200, started)
    else:
        picture_log.refused(log, outcome, problems.of_error(outcome).status, started)


def _upload(request: Request, max_bytes: int, request_id: str) -> Upload:
    return Upload(request, max_bytes, gateway_of(request).routes.upload_timeout_ms, request_id)


async def _answered(
    request: Request,
    path: str,
    inspect: Callable[[_Asked], Awaitable[Inspection | UnitInspection]],
    about: Mapping[str, str],
) -> Response:
    """The verdict, or why there is none; as a span, and with a line in the log."""
    gateway, request_id = gateway_of(request), _request_id(request)
    asked = _Asked(request_id, gateway.log.bind(request_id=request_id, **picture_log.known(about, gateway.routes)))
    with gateway.tracing.request(f"POST {path}", request.headers, request_id=request_id, **about) as span:
        response = await _verdict(asked, inspect)
        span.tell(failed=response.status_code >= 500, status=response.status_code)
    response.headers["X-Request-Id"] = request_id
    return response


async def _verdict(asked: _Asked, inspect: Callable[[_Asked], Awaitable[Inspection | UnitInspection]]) -> Response:
    try:
        inspection = await inspect(asked)
        elapsed = picture_log.since(asked.started)
        return as_json(msgspec.structs.replace(inspection, request_id=asked.id, elapsed_ms=elapsed))
    except AoiError as error:
        problem = problems.of_error(error)
        picture_log.refused(asked.log, error, problem.status, asked.started, problem=problem.kind)
        return problem.response()
    except ClientDisconnect:
        told = {"problem": "client-left", "detail": "the client hung up", "ms": picture_log.since(asked.started)}
        asked.log.warning("refused", status=CLIENT_LEFT, **told)
        return Response(status_code=CLIENT_LEFT)
    except Exception as fault:  # a fault of ours: logged whole
        asked.log.error("fault", status=500, ms=picture_log.since(asked.started), exc_info=fault)
        return problems.of_fault(asked.id).response()


async def post_close(request: Request) -> Response:
    """POST /v1/units/{unit}/close: the verdict of a unit whose pictures came one by one."""

    async def close(recorder: Recorder) -> Closing:
        origin = origin_of(request)
        unit_form.plan_of(origin, gateway_of(request).routes)
        return await recorder.units.close(_unit(request), origin.product)

    return await read(request, close)


async def get_unit(request: Request) -> Response:
    """GET /v1/units/{unit}: its verdicts, and the inspections of its pictures."""
    return await read(request, lambda recorder: find_unit(recorder.database, _unit(request)))


async def get_inspections(request: Request) -> Response:
    """GET /v1/inspections: recorded inspections, newest first, by filters and page by page."""
    return await read(request, lambda recorder: find_page(recorder.database, request.query_params))


async def get_inspection(request: Request) -> Response:
    """GET /v1/inspections/{id}: one recorded inspection."""
    return await read(request, lambda recorder: reading.by_id(recorder.database, request.path_params["id"]))


async def get_picture(request: Request) -> Response:
    """GET /v1/inspections/{id}/picture: the picture of an inspection, as it came."""

    async def picture(recorder: Recorder) -> Response:
        record = await reading.by_id(recorder.database, request.path_params["id"])
        return Response(await recorder.picture_of(record), media_type=MEDIA_TYPES[record.picture.kind])

    return await read(request, picture)


async def get_components(request: Request) -> Response:
    """GET /v1/components: what is inspected here, by which model and limits, and how its pictures are."""
    line = line_of(request)
    return as_json(components_of(await line.states(), line.optics.view))


async def get_healthz(_: Request) -> Response:
    """GET /healthz: the process answers."""
    return as_json(Alive())


async def get_readyz(request: Request) -> Response:
    """GET /readyz: 200 if every route's model answers, so that a picture of any component gets its verdict."""
    if gateway_of(request).draining:
        return Problem(status=DRAINING.status, kind=DRAINING.kind, detail="the gateway is about to stop").response()
    found = readiness(await line_of(request).states())
    return found.response() if isinstance(found, Problem) else as_json(found)


async def get_openz(request: Request) -> Response:
    """GET /openz: 200 once every route's model has answered, until the gateway drains, whatever its models do then."""
    gateway = gateway_of(request)
    if gateway.draining or not gateway.opened:
        answer = await get_readyz(request)
        if answer.status_code != HTTPStatus.OK:
            return answer
        gateway.opened = True
    return as_json(Alive())


async def get_metrics(request: Request) -> Response:
    """GET /metrics: counters in Prometheus' text format."""
    return PlainTextResponse(gateway_of(request).metrics.text(), media_type="text/plain; version=0.0.4")


async def get_openapi(request: Request) -> Response:
    """GET /openapi.json: this interface as OpenAPI 3.1 describes it, for programs."""
    return as_json(document_of(request.app.routes))


async def get_docs(_: Request) -> Response:
    """GET /docs: the same for people, as a page that needs no internet."""
    return _page(page.home)


async def get_docs_file(request: Request) -> Response:
    """GET /docs/{file}: what that page loads."""
    return _page(partial(page.file, request.path_params["file"]))


def _page(read: Callable[[], Response]) -> Response:
    try:
        return read()
    except AoiError as error:
        return problems.of_error(error).response()


def _unit(request: Request) -> str:
    return name_of("unit", request.path_params["unit"])


def _unit_said(request: Request) -> dict[str, str]:
    """The unit of a picture as the log has it, before it is checked."""
    unit = said_of(request, "unit")
    return {} if unit is None else {"unit": unit[:MAX_NAME]}


def _request_id(request: Request) -> str:
    return request_id_of(headers_of(request).get(REQUEST_ID, ""))


async def _no_such_route(request: Request, error: Exception) -> Response:
    """What the router refuses: unknown paths and wrong methods."""
    if not isinstance(error, HTTPException):
        raise error
    headers = {"Allow": _allowed(request)} if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else {}
    return problems.of_http(error.status_code, {**(error.headers or {}), **headers}).response()


def _allowed(request: Request) -> str:
    """The methods of a path. The router tells those of its first route only, and a path may have several."""
    routes = [route for route in request.app.routes if isinstance(route, HttpRoute)]
    first = next(route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in routes if route.path == first.path for method in route.methods or ()}))


async def _fault(request: Request, fault: Exception) -> Response:
    request_id = _request_id(request)
    gateway_of(request).log.error("fault", request_id=request_id, path=request.url.path, exc_info=fault)
    return problems.of_fault(request_id).response()
