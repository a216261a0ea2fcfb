"""The gateway's HTTP interface: it only translates; `line` does the work."""

import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as HttpRoute

from aoi_modules.errors import AoiError
from aoi_modules.gateway import problems
from aoi_modules.gateway.line import Answer, Line, RouteState
from aoi_modules.gateway.metrics import UNKNOWN, Metrics
from aoi_modules.gateway.problems import Problem
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.uploads import receive_picture
from aoi_modules.judging.inspection import HeadLimits, limits_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MILLISECONDS = re.compile(r"0*[1-9][0-9]{0,8}")
CLIENT_LEFT = 499
"""Status in log and metrics of a request whose client hung up; nobody reads the answer."""


@dataclass
class Gateway:
    """What the handlers share. `line` is there while the app runs; `draining` is set when it is told to stop."""

    routes: Routes
    metrics: Metrics
    log: structlog.stdlib.BoundLogger
    line: Line | None = None
    draining: bool = False


def build_app(gateway: Gateway) -> Starlette:
    """The app of one gateway; starting and stopping it opens and closes the connections to the model servers."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        gateway.line = Line(gateway.routes, gateway.metrics)
        try:
            yield
        finally:
            await gateway.line.close()

    app = Starlette(
        routes=[
            HttpRoute("/v1/inspect/{component}", inspect, methods=["POST"]),
            HttpRoute("/v1/components", components, methods=["GET"]),
            HttpRoute("/healthz", healthz, methods=["GET"]),
            HttpRoute("/readyz", readyz, methods=["GET"]),
            HttpRoute("/metrics", metrics, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
        lifespan=lifespan,
    )
    app.state.gateway = gateway
    return app


async def inspect(request: Request) -> Response:
    """POST /v1/inspect/{component}: the picture's bytes in, the verdict out."""
    gateway = _gateway(request)
    component = request.path_params["component"]
    label = component if component in gateway.routes.components else UNKNOWN
    request_id, started = _request_id(request), time.perf_counter()
    log = gateway.log.bind(request_id=request_id, component=component)
    with gateway.metrics.in_flight.labels(label).track_inprogress():
        try:
            answer = await _inspect(request, component)
            elapsed = _milliseconds(started)
            response = _json(_verdict_body(component, answer, request_id, elapsed))
            log.info("inspected", status=200, verdict=answer.inspection.verdict, version=answer.version, ms=elapsed)
        except Problem as problem:
            response = problem.response()
            log.warning("refused", status=problem.status, problem=problem.kind, detail=problem.detail)
        except ClientDisconnect:
            response = Response(status_code=CLIENT_LEFT)
            log.warning("refused", status=CLIENT_LEFT, problem="client-left", detail="the client hung up")
        except Exception as fault:
            response = _internal(request_id).response()
            log.error("fault", status=response.status_code, exc_info=fault)
    gateway.metrics.requests.labels(label, response.status_code).inc()
    response.headers["X-Request-Id"] = request_id
    return response


async def _inspect(request: Request, component: str) -> Answer:
    """Receives the picture, has it judged; the place at the model server is held all the while.

    Holding it bounds memory: no more pictures are received than may be inspected.
    """
    line, routes = _line(request), _gateway(request).routes
    route = line.route(component)
    timeout_ms = _timeout_ms(request, route)
    with line.upstream(route).slot():
        picture = await receive_picture(request, routes.max_picture_bytes, routes.upload_timeout_ms)
        await line.check_picture(picture)
        try:
            return await line.inspect(component, picture, timeout_ms)
        except AoiError as error:
            raise problems.of_error(error) from error


async def components(request: Request) -> Response:
    """GET /v1/components: what is inspected here, by which model and limits."""
    states = await _line(request).states()
    routes = _gateway(request).routes.components
    return _json({"components": [_component_body(name, routes[name], state) for name, state in states.items()]})


async def healthz(_: Request) -> Response:
    """GET /healthz: the process answers."""
    return _json({"status": "ok"})


async def readyz(request: Request) -> Response:
    """GET /readyz: 200 if every route's model answers, so that a picture of any component gets its verdict."""
    if _gateway(request).draining:
        return Problem(503, "draining", "the gateway is about to stop").response()
    states = await _line(request).states()
    away = {name: state.detail for name, state in states.items() if not state.ready}
    if away:
        return Problem(503, "not-ready", "not every component's model is available", extra={"away": away}).response()
    return _json({"status": "ready", "components": sorted(states)})


async def metrics(request: Request) -> Response:
    """GET /metrics: counters in Prometheus' text format."""
    return PlainTextResponse(_gateway(request).metrics.text(), media_type="text/plain; version=0.0.4")


def _verdict_body(component: str, answer: Answer, request_id: str, elapsed_ms: float) -> dict[str, object]:
    return {
        "component": component,
        "verdict": answer.inspection.verdict,
        "model": {"name": answer.model, "version": answer.version},
        "heads": answer.inspection.heads,
        "request_id": request_id,
        "elapsed_ms": elapsed_ms,
    }


def _component_body(name: str, route: Route, state: RouteState) -> dict[str, object]:
    return {
        "component": name,
        "model": {"name": route.model, "version": state.version if state.version is not None else route.version},
        "available": state.ready,
        **({} if state.ready else {"detail": state.detail}),
        "timeout_ms": route.timeout_ms,
        "heads": _heads_body(route, state),
    }


def _heads_body(route: Route, state: RouteState) -> list[dict[str, object]]:
    """Each head with the limits that hold here; without a manifest, what the route alone says."""
    if state.manifest is None:
        return [{"name": name, **msgspec.structs.asdict(limits)} for name, limits in route.heads.items()]
    body: list[dict[str, object]] = []
    for head in state.manifest.heads:
        try:
            limits, trouble = limits_of(head, route.heads.get(head.name, HeadLimits())), ""
        except AoiError as error:
            limits, trouble = None, error.message
        body.append(
            {
                "name": head.name,
                "kind": head.kind,
                "labels": head.labels,
                "threshold": limits.threshold if limits else None,
                "review_band": limits.review_band if limits else None,
                **({"detail": trouble} if trouble else {}),
            }
        )
    return body


def _timeout_ms(request: Request, route: Route) -> int:
    """The route's time, or less if the client asks for less."""
    text = request.query_params.get("timeout_ms")
    if text is None:
        return route.timeout_ms
    if not _MILLISECONDS.fullmatch(text):
        raise problems.bad_parameter("timeout_ms", "whole milliseconds over 0", text[:40])
    return min(int(text), route.timeout_ms)


def _request_id(request: Request) -> str:
    """The client's own id, if it is one that cannot disturb a log; else a new one."""
    given = request.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _gateway(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def _line(request: Request) -> Line:
    line = _gateway(request).line
    if line is None:
        raise RuntimeError("the app was asked before it was started")
    return line


def _json(body: Any) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


async def _http_problem(_: Request, error: Exception) -> Response:
    """What the router refuses: unknown paths and wrong methods."""
    if not isinstance(error, HTTPException):
        raise error
    kind = {404: "unknown-path", 405: "wrong-method"}.get(error.status_code, "refused")
    hint = {404: "POST /v1/inspect/COMPONENT; GET /v1/components lists them"}.get(error.status_code, "")
    if error.status_code == 405:
        hint = f"allowed: {(error.headers or {}).get('Allow', 'GET, POST')}"
    return Problem(
        error.status_code, kind, HTTPStatus(error.status_code).description, hint=hint, headers=error.headers
    ).response()


async def _fault(request: Request, fault: Exception) -> Response:
    request_id = _request_id(request)
    _gateway(request).log.error("fault", request_id=request_id, path=request.url.path, exc_info=fault)
    return _internal(request_id).response()


def _internal(request_id: str) -> Problem:
    return Problem(500, "fault", "a fault of the gateway itself", hint=f"its log tells more: request_id {request_id}")
