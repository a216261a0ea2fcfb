"""How often a candidate could not answer, as a real gateway's metrics count it."""

import pytest

from aoi_modules.client.rollout.metrics_page import MetricsPage
from aoi_modules.errors import Unreachable
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.promotion.failures import failures_at, failures_of


def test_failures_of_canary_and_shadow_are_counted_together() -> None:
    metrics = Metrics()
    metrics.canary_failures.labels("tile").inc(2)
    metrics.canary_failures.labels("pcb").inc(7)
    for outcome, times in (("same", 5), ("failed", 3), ("skipped", 4)):
        metrics.shadows.labels("tile", outcome).inc(times)
    page = MetricsPage.parse(metrics.text().decode())
    assert failures_of(page, "tile") == 5
    assert failures_of(page, "house") == 0


def test_nobody_to_ask_is_no_answer_and_one_that_is_away_is_told() -> None:
    assert failures_at([], "tile") is None
    with pytest.raises(Unreachable):
        failures_at(["http://127.0.0.1:9"], "tile")
