"""The page of one unit, and the way to it by its number."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aoi_modules.gateway.doors.pages.parts.inspection import is_there
from aoi_modules.gateway.doors.pages.shell import HEADERS, Values, shown
from aoi_modules.gateway.doors.results_http import find_unit
from aoi_modules.gateway.doors.uploads import name_of
from aoi_modules.results.recorder import Recorder


async def get_units(request: Request) -> Response:
    """GET /units: goes to the unit whose number was typed, or read by a scanner."""
    unit = request.query_params.get("unit", "").strip()
    return RedirectResponse(f"/units/{quote(unit, safe='')}" if unit else "/live", 303, headers=HEADERS)


async def get_unit_page(request: Request) -> Response:
    """GET /units/{unit}: the verdicts of a unit and its pictures."""

    async def gather(recorder: Recorder) -> Values:
        unit = await find_unit(recorder.database, name_of("unit", request.path_params["unit"]))
        return {"unit": unit, "there": {one.id for one in unit.inspections if is_there(one)}}

    return await shown(request, "unit.html.j2", gather)
