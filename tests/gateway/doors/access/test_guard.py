"""Nobody reaches a handler who may not use it."""

import asyncio
import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route

from aoi_modules import logs
from aoi_modules.errors import NotSignedIn
from aoi_modules.gateway.doors.access.guard import guarded
from aoi_modules.gateway.doors.access.person import Person, Role, person_of
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.shared import Gateway
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import parse_routes


async def who(request: Request) -> Response:
    """GET: who comes."""
    person = person_of(request)
    return PlainTextResponse(f"{person.name} {person.role}")


class Known(Porter):
    """Knows one person, or nobody."""

    def __init__(self, role: Role | None) -> None:
        self._role = role

    async def person(self, request: Request) -> Person:
        if self._role is None:
            raise NotSignedIn("nobody is signed in")
        return Person("ann", self._role, signed_in=True, csrf="")


def asked(method: str, path: str, role: Role | None, accept: str = "*/*") -> tuple[int, str]:
    """Status and body of an answer."""
    routes = parse_routes("components: {tile: {model: tile, upstream: 'a:1'}}", "routes.yaml")
    paths = [("GET", "/healthz"), ("GET", "/v1/limits"), ("POST", "/v1/limits"), ("POST", "/v1/inspect/{component}")]
    guards = guarded(Route(path, who, methods=[method]) for method, path in paths)
    gateway = Gateway(routes, Metrics(), logs.event_log(), porter=Known(role))
    app = Starlette()
    app.state.gateway = gateway
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"accept", accept.encode())],
        "app": app,
    }
    route = next(route for route in guards if route.matches(scope)[0] is Match.FULL)
    answer = asyncio.run(route.endpoint(Request(scope)))
    return answer.status_code, bytes(answer.body).decode()


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/v1/limits", Role.VIEWER),
        ("POST", "/v1/limits", Role.ENGINEER),
        ("POST", "/v1/limits", Role.ADMIN),
        ("POST", "/v1/inspect/tile", Role.MACHINE),
        ("POST", "/v1/inspect/tile", Role.OPERATOR),
    ],
)
def test_whoever_may_comes_to_the_handler_which_knows_them(method: str, path: str, role: Role) -> None:
    assert asked(method, path, role) == (200, f"ann {role}")


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/v1/limits", Role.MACHINE),
        ("POST", "/v1/limits", Role.OPERATOR),
        ("POST", "/v1/limits", Role.MACHINE),
        ("POST", "/v1/inspect/tile", Role.VIEWER),
    ],
)
def test_whoever_may_not_is_told_what_it_takes(method: str, path: str, role: Role) -> None:
    status, body = asked(method, path, role)
    problem = json.loads(body)
    assert (status, problem["type"]) == (403, "urn:aoi:problem:not-allowed")
    assert role in problem["detail"]


def test_whom_nobody_knows_gets_in_only_where_anybody_may() -> None:
    assert asked("GET", "/v1/limits", None)[0] == 401
    assert asked("GET", "/healthz", None)[0] == 200


def test_a_route_that_is_not_in_the_table_does_not_start() -> None:
    with pytest.raises(KeyError):
        guarded([Route("/v1/secret", who, methods=["GET"])])


def test_a_browser_that_wants_a_page_is_sent_to_the_login_page() -> None:
    assert asked("GET", "/v1/limits", None, accept="text/html,application/xhtml+xml")[0] == 303
    assert asked("GET", "/v1/limits", None, accept="application/json")[0] == 401
    assert asked("POST", "/v1/limits", None, accept="text/html")[0] == 401
    assert asked("GET", "/v1/limits", Role.MACHINE, accept="text/html")[0] == 403
