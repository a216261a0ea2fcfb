"""The p-chart, against limits by hand, scipy's binomial, and lines that are in control."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from aoi_modules.results.quality.p_chart import TAIL, Chart, Group, exact_limits, p_chart, sigma_limits


def chart(*defective: int, total: int = 400, centre: float | None = None) -> Chart:
    groups = [Group(label=f"shift {number}", defective=count, total=total) for number, count in enumerate(defective)]
    return p_chart(groups, centre=centre)


def test_the_limits_are_three_standard_deviations_for_each_size() -> None:
    found = p_chart([Group(label="a", defective=20, total=100), Group(label="b", defective=80, total=400)])
    assert found.centre == 0.2
    first, second = found.points
    assert (first.lower, first.upper) == pytest.approx((0.08, 0.32))
    assert (second.lower, second.upper) == pytest.approx((0.14, 0.26))
    assert not first.exact
    assert found.in_control


def test_a_point_beyond_a_limit_is_a_signal() -> None:
    found = chart(40, 64, 65, 40, 15, 16, centre=0.1)  # 40 expected, 6 a standard deviation: 22 to 58
    assert [point.outside for point in found.points] == [False, True, True, False, True, True]
    assert not found.in_control
    assert [point.outside for point in chart(22, 58, 21, 59, centre=0.1).points] == [False, False, True, True]


def test_eight_on_one_side_are_a_signal() -> None:
    found = chart(*[41] * 9, 39, *[41] * 7, 40, 41, centre=0.1)
    assert [number for number, point in enumerate(found.points) if point.run] == [7, 8]
    assert not any(point.outside for point in found.points)
    assert not found.in_control


def test_a_point_on_the_line_ends_a_run() -> None:
    assert chart(*[41] * 7, 40, *[41] * 7, centre=0.1).in_control
    assert [point.run for point in chart(*[39] * 8, centre=0.1).points] == [False] * 7 + [True]


def test_few_defects_have_exact_limits() -> None:
    found = chart(1, 4, 5, total=100, centre=0.005)
    assert [point.exact for point in found.points] == [True] * 3
    assert found.points[0].upper == 0.04  # three standard deviations would be 0.026, beyond which 1.4% of all are
    assert [point.outside for point in found.points] == [False, False, True]


@given(st.integers(1, 100_000), st.floats(1e-6, 5.0))
def test_beyond_exact_limits_lies_no_more_chance_than_beyond_three_deviations(total: int, expected: float) -> None:
    centre = min(expected / total, 0.5)
    low, high = exact_limits(total, centre)
    assert binom.cdf(low - 1, total, centre) <= TAIL
    assert binom.sf(high, total, centre) <= TAIL * (1 + 1e-9)
    assert binom.cdf(low, total, centre) > TAIL * (1 - 1e-9)
    if high > 0:
        assert binom.sf(high - 1, total, centre) > TAIL * (1 - 1e-9)
    mirrored = exact_limits(total, 1 - centre)
    if centre < 0.5 and 1 - (1 - centre) == centre:
        assert mirrored == (total - high, total - low)


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_limits_stay_among_the_parts(total: int, centre: float) -> None:
    low, high = sigma_limits(total, centre)
    assert 0 <= low <= high <= total


@pytest.mark.parametrize("defective", [0, 400])
def test_where_all_are_alike_nothing_is_a_signal(defective: int) -> None:
    found = chart(*[defective] * 12)
    assert found.in_control
    assert (found.centre, found.spread) == (defective / 400, None)


def test_a_line_in_control_seldom_signals_and_its_spread_is_that_of_chance() -> None:
    random = np.random.default_rng(2)
    sizes = random.integers(200, 2000, size=4000)
    found = p_chart([
        Group(label="", defective=int(random.binomial(size, 0.03)), total=int(size)) for size in sizes
    ])  # fmt: skip
    assert np.mean([point.outside for point in found.points]) < 0.005  # 0.0027, and what a skew binomial adds
    assert found.spread == pytest.approx(1.0, abs=0.06)


def test_a_line_that_differs_by_lot_has_a_wide_spread() -> None:
    random = np.random.default_rng(3)
    rates = random.uniform(0.02, 0.04, size=200)
    found = p_chart([Group(label="", defective=int(random.binomial(20_000, rate)), total=20_000) for rate in rates])
    assert found.spread is not None
    assert found.spread > 3
    assert sum(point.outside for point in found.points) > 50


def test_one_group_has_no_spread() -> None:
    assert chart(40).spread is None


@pytest.mark.parametrize(("defective", "total"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_groups_are_refused(defective: int, total: int) -> None:
    with pytest.raises(ValueError, match="group 'night'"):
        Group(label="night", defective=defective, total=total)


def test_a_chart_needs_groups_and_a_share() -> None:
    with pytest.raises(ValueError, match="at least one"):
        p_chart([])
    with pytest.raises(ValueError, match="centre"):
        chart(1, centre=1.5)
