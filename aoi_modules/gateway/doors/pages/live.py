"""The live view: what was inspected last."""

from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.results.recorder import Recorder


async def get_live(request: Request) -> Response:
    """GET /live: what was inspected last."""

    async def gather(_: Recorder) -> Values:
        return {}

    return await shown(request, "live.html.j2", gather, flush=False)
