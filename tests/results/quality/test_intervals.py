"""Intervals, against scipy's and against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv
from scipy.stats import binomtest, gamma

from aoi_modules.results.quality.intervals import beta_quantile, beta_share, exact_interval, share_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Total, total
from aoi_modules.verdict import Verdict
from tests.results.quality.lines import SOME_STRATA

counts = st.integers(0, 3000)
shapes = st.floats(0.2, 3e6)
chances = st.floats(0.001, 0.999)


def counted(parts: int) -> Total:
    """A number of parts of which each was judged."""
    return total([Stratum(verdict=Verdict.PASS, chance=1, population=parts, sampled_defective=parts)], defective=True)


@given(counts, counts)
def test_the_exact_interval_is_that_of_scipy(first: int, second: int) -> None:
    number = first + second or 1
    ours = exact_interval(min(first, number), number)
    assert ours == pytest.approx(tuple(binomtest(min(first, number), number).proportion_ci()), abs=1e-9)


@given(counts, counts)
def test_where_all_was_judged_the_interval_is_the_exact_one(first: int, second: int) -> None:
    if first + second:
        expected = exact_interval(first, first + second)
        assert share_interval(counted(first), counted(second)) == pytest.approx(expected, abs=1e-9)


def test_no_find_leaves_as_much_as_one_find_might_be() -> None:
    """None of a sample, beside very many others: Poisson's upper limit of no find, 3.689, by the weight."""
    none = total([Stratum(verdict=Verdict.PASS, chance=0.02, population=50_000, sampled_good=1_000)], defective=True)
    low, high = share_interval(none, counted(10**7))
    assert low == 0.0
    assert high == pytest.approx(50 * float(gamma(1).ppf(0.975)) / 10**7, rel=1e-3)


@given(SOME_STRATA, SOME_STRATA)
def test_the_interval_holds_the_estimate_and_mirrors(first: list[Stratum], second: list[Stratum]) -> None:
    one, other = total(first, defective=True), total(second, defective=True)
    low, high = share_interval(one, other)
    assert 0 <= low < high <= 1
    if one.estimate + other.estimate:
        assert low <= one.estimate / (one.estimate + other.estimate) <= high
    assert share_interval(other, one) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(shapes, shapes, chances)
def test_a_quantile_is_that_of_scipy(a: float, b: float, chance: float) -> None:
    expected = float(betaincinv(a, b, chance))
    assert beta_quantile(a, b, chance) == pytest.approx(expected, rel=1e-8, abs=1e-15)


@given(shapes, shapes, st.floats(1e-6, 1 - 1e-6))
def test_a_share_of_the_distribution_is_that_of_scipy(a: float, b: float, x: float) -> None:
    assert beta_share(a, b, x) == pytest.approx(float(betainc(a, b, x)), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("a", "b", "chance"), [(1, 1e8, 0.975), (1e8, 1e8, 0.025), (0.3, 0.2, 0.001), (1e7, 0.5, 0.5)])
def test_far_shapes_end_soon(a: float, b: float, chance: float) -> None:
    assert beta_quantile(a, b, chance) == pytest.approx(float(betaincinv(a, b, chance)), rel=1e-7)
