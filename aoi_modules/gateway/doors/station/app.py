"""The routes by which people at the station work."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aoi_modules.gateway.doors.shared import gateway_of, line_of, read
from aoi_modules.gateway.doors.station import audit, checks, desk, limits, maps, quality, reviews
from aoi_modules.results.recorder import Recorder


async def get_reviews(request: Request) -> Response:
    """GET /v1/reviews: how many parts wait for a person, and why."""
    return await read(request, reviews.waiting)


async def post_next(request: Request) -> Response:
    """POST /v1/reviews/next: the next part for a person, which is theirs alone for two minutes."""
    return await read(request, lambda recorder: reviews.next_part(recorder, request, _upload_ms(request)))


async def post_judgement(request: Request) -> Response:
    """POST /v1/inspections/{id}/judgements: what a person says about a part."""
    return await read(request, lambda recorder: reviews.judge(recorder, request, _upload_ms(request)))


async def get_judgements(request: Request) -> Response:
    """GET /v1/inspections/{id}/judgements: all that was said about a part."""
    return await read(request, lambda recorder: reviews.history(recorder, request))


async def post_undo(request: Request) -> Response:
    """POST /v1/judgements/{id}/undo: takes a judgement back."""
    return await read(request, lambda recorder: reviews.undo(recorder, request, _upload_ms(request)))


async def get_quality(request: Request) -> Response:
    """GET /v1/quality: escape rate, overkill rate and first pass yield, with intervals; defects; a p-chart."""
    calendar = gateway_of(request).routes.calendar
    return await read(request, lambda recorder: quality.figures(recorder, request.query_params, calendar))


async def get_audit(request: Request) -> Response:
    """GET /v1/audit: what people changed, with who, when and why; the newest first."""
    return await read(request, lambda recorder: audit.log(recorder, request.query_params))


async def get_limits(request: Request) -> Response:
    """GET /v1/limits: limits that people set, with who, when and why; the newest first."""
    return await read(request, lambda recorder: limits.history(recorder, request.query_params))


async def get_desk(request: Request) -> Response:
    """GET /v1/limits/desk: what limits of a head would do to the parts of a version, before anybody sets them."""
    calendar = gateway_of(request).routes.calendar
    return await read(request, lambda recorder: desk.desk(recorder, request.query_params, calendar))


async def post_limits(request: Request) -> Response:
    """POST /v1/limits: sets the limits of a head for one version of a model."""
    return await read(request, lambda recorder: limits.apply(recorder, line_of(request), request, _upload_ms(request)))


async def post_step_back(request: Request) -> Response:
    """POST /v1/limits/{number}/undo: puts back the limits that were in force before."""
    return await read(request, lambda recorder: limits.take_back(recorder, request, _upload_ms(request)))


async def get_map(request: Request) -> Response:
    """GET /v1/inspections/{id}/map: where a head found what it found, drawn over the picture."""

    async def ask(recorder: Recorder) -> Response:
        async with gateway_of(request).map_turns.turn(maps.SECONDS):
            given = request.query_params
            return await maps.map_over_picture(recorder, line_of(request), request.path_params["id"], given)

    return await read(request, ask)


async def get_golden(request: Request) -> Response:
    """GET /v1/components/{component}/golden: the picture of a part that a person judged good."""
    component = request.path_params["component"]
    return await read(request, lambda recorder: maps.golden(recorder, component, request.query_params))


async def get_station(request: Request) -> Response:
    """GET /v1/station: when each component was checked, is due again, and whether it is locked and why."""
    routes = gateway_of(request).routes
    return await read(request, lambda recorder: checks.station(recorder, routes))


async def get_checks(request: Request) -> Response:
    """GET /v1/station/checks: checks that were run with golden parts, and unlockings; the newest first."""
    return await read(request, lambda recorder: checks.history(recorder, request.query_params))


async def post_check(request: Request) -> Response:
    """POST /v1/station/checks: records a check, whose golden pictures were inspected with `purpose=check` before."""
    gateway = gateway_of(request)
    name = "" if gateway.home is None else gateway.home.name
    return await read(request, lambda recorder: checks.record(recorder, gateway.routes, name, request))


async def post_unlock(request: Request) -> Response:
    """POST /v1/station/unlock: lets a locked component go on, with a reason."""
    routes = gateway_of(request).routes
    return await read(request, lambda recorder: checks.unlock(recorder, routes, request))


def _upload_ms(request: Request) -> int:
    return gateway_of(request).routes.upload_timeout_ms


STATION: Sequence[Route] = (
    Route("/v1/reviews", get_reviews, methods=["GET"]),
    Route("/v1/reviews/next", post_next, methods=["POST"]),
    Route("/v1/inspections/{id}/judgements", post_judgement, methods=["POST"]),
    Route("/v1/inspections/{id}/judgements", get_judgements, methods=["GET"]),
    Route("/v1/inspections/{id}/map", get_map, methods=["GET"]),
    Route("/v1/components/{component}/golden", get_golden, methods=["GET"]),
    Route("/v1/judgements/{id}/undo", post_undo, methods=["POST"]),
    Route("/v1/quality", get_quality, methods=["GET"]),
    Route("/v1/audit", get_audit, methods=["GET"]),
    Route("/v1/limits", get_limits, methods=["GET"]),
    Route("/v1/limits", post_limits, methods=["POST"]),
    Route("/v1/limits/desk", get_desk, methods=["GET"]),
    Route("/v1/station", get_station, methods=["GET"]),
    Route("/v1/station/checks", get_checks, methods=["GET"]),
    Route("/v1/station/checks", post_check, methods=["POST"]),
    Route("/v1/station/unlock", post_unlock, methods=["POST"]),
    Route("/v1/limits/{number}/undo", post_step_back, methods=["POST"]),
)
