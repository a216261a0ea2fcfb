"""The audit log: who changed what, when and why."""

from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.results.database.reading import typed
from aoi_modules.results.people.audit import Wish, entries
from aoi_modules.results.recorder import Recorder

PAGE = 50
"""Entries a page."""


async def get_audit(request: Request) -> Response:
    """GET /audit: the audit log, page by page, the newest entry first."""

    async def gather(recorder: Recorder) -> Values:
        said = {name: text.strip() for name, text in request.query_params.items() if text.strip()}
        wish = msgspec.structs.replace(typed(said, Wish), limit=PAGE + 1)
        found = await entries(recorder.database, wish)
        asked = {name: text for name, text in said.items() if name in ("who", "action", "about")}
        older = urlencode({**asked, "before": found[PAGE - 1].number}) if len(found) > PAGE else ""
        return {
            "wish": wish,
            "entries_of_log": found[:PAGE],
            "older": older and f"/audit?{older}",
            "newest": f"/audit?{urlencode(asked)}" if wish.before is not None else "",
        }

    return await shown(request, "audit.html.j2", gather)
