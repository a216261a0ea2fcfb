"""The live view: what was inspected last. Its script asks for the part that changes, and shows nothing while hidden."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aoi_modules.gateway.doors.pages.parts.inspection import is_there
from aoi_modules.gateway.doors.pages.parts.newest import Last
from aoi_modules.gateway.doors.pages.rendering import rendered
from aoi_modules.gateway.doors.pages.shell import HEADERS, Values, frame_of, shown
from aoi_modules.gateway.doors.shared import gateway_of, read
from aoi_modules.gateway.doors.station.checks import station
from aoi_modules.results.recorder import Recorder


async def get_live(request: Request) -> Response:
    """GET /live: what was inspected last."""

    async def gather(recorder: Recorder) -> Values:
        components = sorted(gateway_of(request).routes.components)
        return {**await _last(request, recorder), "components": components}

    return await shown(request, "live.html.j2", gather, flush=False)


async def get_last(request: Request) -> Response:
    """GET /live/last: the part of the live view that changes; nothing where nothing did since `mark`."""

    async def ask(recorder: Recorder) -> Response:
        values = await _last(request, recorder)
        if values["mark"] == request.query_params.get("mark"):
            return Response(status_code=204, headers=HEADERS)
        return HTMLResponse(rendered("last.html.j2", **frame_of(request), **values), headers=HEADERS)

    return await read(request, ask, flush=False)


async def _last(request: Request, recorder: Recorder) -> Mapping[str, Any]:
    component = request.query_params.get("component", "")
    gateway = gateway_of(request)
    last: Last = await gateway.newest.last(recorder.database, component)
    locked = [one for one in (await station(recorder, gateway.routes)).components if one.locked is not None]
    return {
        "component": component,
        "last": last,
        "there": {one.id for one in last.parts if is_there(one)},
        "locked": locked,
        "mark": "-".join([last.mark, *(f"{one.component}:{one.why}" for one in locked)]),
    }
