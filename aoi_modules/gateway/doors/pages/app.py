"""The routes of the pages, which the interface for programs does not describe."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aoi_modules.errors import AoiError
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.pages import assets
from aoi_modules.gateway.doors.pages.engineers.audit import get_audit
from aoi_modules.gateway.doors.pages.engineers.limits import get_limits, get_what_if
from aoi_modules.gateway.doors.pages.engineers.quality import get_quality
from aoi_modules.gateway.doors.pages.engineers.stations import get_stations
from aoi_modules.gateway.doors.pages.parts.inspection import get_inspection_page, get_thumbnail
from aoi_modules.gateway.doors.pages.parts.live import get_last, get_live
from aoi_modules.gateway.doors.pages.parts.review import get_review
from aoi_modules.gateway.doors.pages.parts.unit import get_unit_page, get_units


async def get_static(request: Request) -> Response:
    """GET /static/{digest}/{file}: a script, the style sheet or the icon of the pages."""
    try:
        return assets.file(request.path_params["digest"], request.path_params["file"])
    except AoiError as error:
        return problems.of_error(error).response()


def _page(path: str, show: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, show, methods=["GET"], include_in_schema=False)


PAGES: Sequence[Route] = (
    _page("/", get_live),
    _page("/live", get_live),
    _page("/live/last", get_last),
    _page("/review", get_review),
    _page("/inspections/{id}/thumbnail/{side}", get_thumbnail),
    _page("/inspections/{id}", get_inspection_page),
    _page("/units", get_units),
    _page("/units/{unit:path}", get_unit_page),
    _page("/quality", get_quality),
    _page("/limits", get_limits),
    _page("/limits/what-if", get_what_if),
    _page("/stations", get_stations),
    _page("/audit", get_audit),
    _page("/static/{digest}/{file}", get_static),
)
