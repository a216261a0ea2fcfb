"""A component that a check of the station has locked, and golden pictures, which pass the lock."""

import pytest

from aoi_modules.errors import StationLocked
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.judging.inspection import Inspection
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest
from tests.gateway.conftest import Arriving, inspect
from tests.gateway.test_line import routes_to, with_line


def test_a_locked_component_is_refused_before_anything_is_received_unless_it_is_checked(
    model_server: ModelServer,
) -> None:
    routes = routes_to(model_server.address) + "checks: {tile: {golden: golden, every_hours: 8}}\n"
    metrics, refused = Metrics(), Arriving()

    async def act(line: Line) -> Inspection:
        with pytest.raises(StationLocked, match="since this gateway records nothing; a check that passes unlocks it"):
            await line.answer("tile", refused)
        assert (await inspect(line, "strict", Arriving())).verdict is Verdict.FAIL
        return (await line.answer("tile", Arriving(), checking=True)).inspection

    golden = with_line(model_server.address, act, metrics, routes)
    assert (golden.check, golden.verdict, refused.received) == (True, Verdict.PASS, False)
    assert b'aoi_gateway_verdicts_total{component="tile"' not in metrics.text()


def test_a_plan_that_locks_nothing_lets_everything_pass(model_server: ModelServer) -> None:
    routes = routes_to(model_server.address) + "checks: {tile: {golden: golden, every_hours: 8, locks: []}}\n"
    found = with_line(model_server.address, lambda line: inspect(line, "tile", Arriving()), routes=routes)
    assert found.verdict is Verdict.PASS


def test_a_golden_picture_is_asked_of_the_routes_own_model_and_has_no_shadow(model_server: ModelServer) -> None:
    model_server.manifests[2] = manifest(2).to_json()
    model_server.states[2] = "AVAILABLE"
    routes = (
        f'components: {{tile: {{model: tile, version: 1, upstream: "{model_server.address}", '
        "canary: {version: 2, share: 1}, shadow: {version: 2}}}"
    )
    metrics = Metrics()

    async def act(line: Line) -> Inspection:
        return (await line.answer("tile", Arriving(), checking=True)).inspection

    golden = with_line(model_server.address, act, metrics, routes)
    assert (golden.model.version, golden.canary) == (1, False)
    assert b'aoi_gateway_shadows_total{component="tile"' not in metrics.text()
