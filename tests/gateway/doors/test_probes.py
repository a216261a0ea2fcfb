"""Ready is a gateway whose every component gets verdicts."""

from aoi_modules.gateway.doors.probes import Ready, readiness
from aoi_modules.gateway.doors.problems import Problem
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.states import RouteState

ROUTE = parse_routes("components: {tile: {model: tile, upstream: 'a:1'}}", "routes.yaml").components["tile"]
THERE, AWAY = RouteState(ROUTE, True), RouteState(ROUTE, False, "nobody answers")


def test_ready_names_the_components_in_order() -> None:
    assert readiness({"tile": THERE, "board": THERE}) == Ready(components=["board", "tile"])


def test_one_that_is_away_makes_it_not_ready() -> None:
    found = readiness({"tile": THERE, "board": AWAY})
    assert isinstance(found, Problem)
    assert (found.status, found.kind, found.extra) == (503, "not-ready", {"away": {"board": "nobody answers"}})
