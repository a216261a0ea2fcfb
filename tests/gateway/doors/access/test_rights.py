"""What each route asks for; no route is left out."""

import pytest
from starlette.routing import Route

from aoi_modules import logs
from aoi_modules.gateway.doors.access.rights import ANYBODY, CHANGE, INSPECT, JUDGE, LOOK, MANAGE, RIGHTS, Right
from aoi_modules.gateway.doors.http_app import build_app
from aoi_modules.gateway.doors.shared import Gateway
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.results.people.role import Role

SIGNING = {"POST /login", "POST /logout"}
ROUTES = "components: {tile: {model: tile, upstream: 'a:1'}}"


def test_every_route_stands_in_the_table_and_nothing_else() -> None:
    routes = build_app(Gateway(parse_routes(ROUTES, "routes.yaml"), Metrics(), logs.event_log())).routes
    assert all(isinstance(route, Route) for route in routes), "the guard knows no mounted apps"
    there = {
        f"{method} {route.path_format}"
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert there == set(RIGHTS)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (ANYBODY, set(Role)),
        (LOOK, set(Role) - {Role.MACHINE}),
        (JUDGE, {Role.OPERATOR, Role.ENGINEER, Role.ADMIN}),
        (INSPECT, {Role.MACHINE, Role.OPERATOR, Role.ENGINEER, Role.ADMIN}),
        (CHANGE, {Role.ENGINEER, Role.ADMIN}),
        (MANAGE, {Role.ADMIN}),
    ],
)
def test_a_right_is_given_to_roles(right: Right, roles: set[Role]) -> None:
    assert {role for role in Role if right.given_to(role)} == roles


def test_what_anybody_may_have_says_nothing_of_parts_or_people() -> None:
    open_to_all = {name for name, right in RIGHTS.items() if right is ANYBODY}
    probes = {"GET /healthz", "GET /openz", "GET /readyz", "GET /metrics"}
    assert open_to_all == {*probes, "GET /login", "GET /static/{digest}/{file}", *SIGNING}


def test_no_viewer_changes_anything() -> None:
    changing = [right for name, right in RIGHTS.items() if not name.startswith("GET ") and name not in SIGNING]
    assert not any(right.given_to(Role.VIEWER) for right in changing)
