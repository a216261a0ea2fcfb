"""The guard before every route: nobody reaches a handler who may not use it."""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aoi_modules.errors import AoiError, NotAllowed, NotSignedIn
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.access import csrf
from aoi_modules.gateway.doors.access.login import to_login
from aoi_modules.gateway.doors.access.person import STRANGER
from aoi_modules.gateway.doors.access.rights import RIGHTS, Right
from aoi_modules.gateway.doors.pages.shell import refused
from aoi_modules.gateway.doors.shared import gateway_of

Handler = Callable[[Request], Awaitable[Response]]


def guarded(routes: Iterable[Route]) -> list[Route]:
    """Puts the guard before routes.

    Raises:
        KeyError: a route stands not in the table of rights.
    """
    return [_guarded(route) for route in routes]


def _guarded(route: Route) -> Route:
    methods = sorted((route.methods or set()) - {"HEAD"})
    rights = {RIGHTS[f"{method} {route.path_format}"] for method in methods}
    (right,) = rights  # a handler that means several things is several handlers
    refuse = refuse_program if route.include_in_schema else refused
    behind = _behind(right, route.endpoint, refuse)
    return Route(route.path, behind, methods=methods, name=route.name, include_in_schema=route.include_in_schema)


def refuse_program(_: Request, error: AoiError) -> Response:
    """Tells a program; whoever looks at a page reads it on one."""
    return problems.of_error(error).response()


def _behind(right: Right, handler: Handler, refuse: Callable[[Request, AoiError], Response]) -> Handler:
    @wraps(handler)
    async def let_in(request: Request) -> Response:
        try:
            await _admit(request, right)
        except NotSignedIn as error:
            return to_login(request) if _is_page(request) else _closed(request, refuse_program(request, error))
        except AoiError as error:
            return _closed(request, refuse(request, error))
        response = await handler(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")  # nothing that somebody sent becomes a page
        return response

    return let_in


def _is_page(request: Request) -> bool:
    """Whether a browser wants a page to show."""
    return request.method in csrf.HARMLESS and "text/html" in request.headers.get("accept", "")


def _closed(request: Request, response: Response) -> Response:
    if request.method not in csrf.HARMLESS:
        response.headers["Connection"] = "close"  # the body is not read, so the connection cannot be used again
    return response


async def _admit(request: Request, right: Right) -> None:
    """Notes who comes, for `person_of`.

    Raises:
        NotSignedIn, NotAllowed: they may not.
    """
    request.state.person = STRANGER
    if right.least is None:
        return
    request.state.person = person = await gateway_of(request).porter.person(request)
    if not right.given_to(person.role):
        raise NotAllowed(
            f"{person.name}: expected at least the role {right.least}. Received: {person.role}",
            hint="ask an admin: aoi gateway user add --role",
        )
