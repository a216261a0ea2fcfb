"""Locked components, as Prometheus is told of them."""

from typing import Any

import pytest

from aoi_modules.errors import StationLocked
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.watching.locks import Locks

ROUTES = """
components: {{tile: {{model: tile, upstream: "127.0.0.1:9"}}, board: {{model: tile, upstream: "127.0.0.1:9"}}}}
checks: {checks}
"""


def routes(checks: str) -> Any:
    return parse_routes(ROUTES.format(checks=checks), "routes.yaml")


def locked(metrics: Metrics) -> list[str]:
    return [line for line in metrics.text().decode().splitlines() if line.startswith("aoi_gateway_locked{")]


def test_components_with_a_plan_are_told_and_no_others() -> None:
    """Without a place to record checks, whatever a plan locks is locked."""
    metrics = Metrics()
    locks = Locks(None, routes("{tile: {golden: golden, every_hours: 8}}"), metrics)
    assert locked(metrics) == ['aoi_gateway_locked{component="tile"} 1.0']
    with pytest.raises(StationLocked):
        locks.refuse("tile")
    locks.refuse("board")
    locks.use(routes("{board: {golden: golden, every_hours: 8, locks: []}}"))
    assert locked(metrics) == ['aoi_gateway_locked{component="board"} 0.0']
    locks.refuse("tile")
