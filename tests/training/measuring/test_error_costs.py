"""Costs of thresholds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.error_costs import Prices, cost_curve

SCORES = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], np.float32)
LABELS = np.array([0, 0, 1, 0, 1, 1], np.int64)


def test_a_known_case() -> None:
    prices = Prices(escape=300, overkill=3, defect_share=0.01)
    curve = cost_curve(SCORES, LABELS, prices)
    # at 0.3 one good part of three fails: 990 good parts in 1000, a third of them at 3
    assert curve.cheapest_threshold == pytest.approx(0.3)
    assert curve.costs[curve.cheapest] == pytest.approx(990)
    # the last threshold fails nothing: ten escapes at 300
    assert curve.costs[-1] == pytest.approx(3000)


def test_dear_escapes_lower_the_threshold_and_dear_overkill_raises_it() -> None:
    found = [cost_curve(SCORES, LABELS, Prices(escape, 1, 0.05)).cheapest_threshold for escape in (1.0, 10.0, 1000.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1))
@settings(deadline=None)
def test_no_threshold_is_cheaper_than_the_cheapest(escape: float, overkill: float, share: float) -> None:
    prices = Prices(escape, overkill, share)
    curve = cost_curve(SCORES, LABELS, prices)
    for threshold in np.linspace(0, 1, 21):
        escaped, failed = metrics.rates(SCORES, LABELS, float(threshold))
        cost = prices.per_thousand(np.array([escaped.value]), np.array([failed.value]))[0]
        assert cost >= curve.costs[curve.cheapest] * (1 - 1e-9)


def test_of_equal_costs_the_lowest_threshold_is_taken() -> None:
    curve = cost_curve(SCORES, LABELS, Prices(0, 0, 0.5))
    assert curve.cheapest_threshold == curve.thresholds[0]


@pytest.mark.parametrize("prices", [(-1, 1, 0.1), (1, -1, 0.1), (1, 1, 1.1), (1, 1, float("nan"))])
def test_prices_out_of_range_are_refused(prices: tuple[float, float, float]) -> None:
    with pytest.raises(ModelError, match="Received"):
        Prices(*prices)
