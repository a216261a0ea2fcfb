"""The guard before every route: nobody reaches a handler who may not use it."""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aoi_modules.errors import AoiError, NotAllowed
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.access.person import STRANGER
from aoi_modules.gateway.doors.access.rights import RIGHTS, Right
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
    return Route(route.path, _behind(right, route.endpoint), methods=methods, name=route.name)


def _behind(right: Right, handler: Handler) -> Handler:
    @wraps(handler)
    async def let_in(request: Request) -> Response:
        try:
            await _admit(request, right)
        except AoiError as error:
            return problems.of_error(error).response()
        return await handler(request)

    return let_in


async def _admit(request: Request, right: Right) -> None:
    """Notes who comes, for `person_of`.

    Raises:
        NotSignedIn, NotAllowed: he may not.
    """
    if right.least is None:
        request.state.person = STRANGER
        return
    person = await gateway_of(request).porter.person(request)
    if not right.given_to(person.role):
        raise NotAllowed(
            f"{person.name}: expected at least the role {right.least}. Received: {person.role}",
            hint="ask an admin: aoi gateway user add --role",
        )
    request.state.person = person
