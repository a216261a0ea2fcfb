"""What every page has: the frame around it, who works here, headers by which a browser keeps to this gateway, refusals.

A handler is one call:

    async def get_audit(request: Request) -> Response:
        async def gather(recorder: Recorder) -> Values:
            return {"changes": await ...}

        return await shown(request, "audit.html.j2", gather)

Its template begins with `{% extends "layout.html.j2" %}` and fills the blocks `title`, `main` and, with
`<script type="module" src="{{ asset('audit.js') }}"></script>`, `scripts`. Scripts and styles stand in `static/` alone,
and no element has a `style` attribute: browsers refuse them. What scripts share is in `static/ask.js` and `person.js`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aoi_modules.errors import AoiError, MissingExtra
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.access.person import OPEN, person_of
from aoi_modules.gateway.doors.access.rights import RIGHTS
from aoi_modules.gateway.doors.pages.navigation import ENTRIES
from aoi_modules.gateway.doors.pages.rendering import rendered
from aoi_modules.gateway.doors.shared import gateway_of, recorder_of
from aoi_modules.results.recorder import Recorder

Values = Mapping[str, Any]
"""What a template shows, by name."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What a page shows is somebody's: no cache between keeps it, and after a step back it is asked anew.
    "Cache-Control": "no-store",
}


async def shown(
    request: Request, template: str, gather: Callable[[Recorder], Awaitable[Values]], *, flush: bool = True
) -> Response:
    """Answers with a page, or with one that says in words why there is none.

    Args:
        request: of HTTP.
        template: of the page.
        gather: asks the results for what it shows.
        flush: see `recorder_of`; a page that looks again by itself need not.
    """
    try:
        return page(request, template, await gather(await recorder_of(request, flush=flush)))
    except AoiError as error:
        return refused(request, error)


def page(request: Request, template: str, values: Values, status: int = 200) -> Response:
    """Writes a page.

    Raises:
        MissingExtra: Jinja2 is not installed.
    """
    return HTMLResponse(rendered(template, **frame_of(request), **values), status, headers=HEADERS)


def refused(request: Request, error: AoiError) -> Response:
    """Says why a page cannot be shown; without Jinja2 as programs are told."""
    problem = problems.of_error(error)
    try:
        return page(request, "refused.html.j2", {"problem": problem}, problem.status)
    except MissingExtra as missing:
        return problems.of_error(missing).response()


def frame_of(request: Request) -> Values:
    """What every template may use: pages that this person may look at, which one it is, its clock, who judges."""
    person = person_of(request)
    known = person.signed_in or person == OPEN
    gateway = gateway_of(request)
    return {
        "entries": [one for one in ENTRIES if known and RIGHTS[f"GET {one.path}"].given_to(person.role)],
        "here": request.url.path,
        "person": person,
        "is_open": person == OPEN,
        "zone": gateway.routes.calendar.time_zone,
        "models": gateway.line.served.in_words() if known and gateway.line is not None else "",
    }
