"""Two calls by turns: their ratio, whatever the machine does meanwhile."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.promotion.timing import measure, median_interval


def test_both_are_asked_by_turns_and_alike() -> None:
    asked: list[str] = []
    ratio = measure(lambda: asked.append("old"), lambda: asked.append("new"), rounds=8, calls=2)
    assert asked[:2] == ["old", "new"], "the first calls open connections, and are not counted"
    assert asked[2:10] == ["old", "old", "new", "new", "new", "new", "old", "old"]
    assert (asked.count("old"), asked.count("new")) == (17, 17)
    assert ratio.interval is not None
    assert ratio.interval[0] <= ratio.median <= ratio.interval[1]
    assert min(ratio.candidate_ms, ratio.incumbent_ms) > 0


@pytest.mark.parametrize(("count", "rank"), [(6, 0), (8, 0), (9, 1), (20, 5), (30, 9)])
def test_the_interval_of_a_median_is_that_of_the_sign_test(count: int, rank: int) -> None:
    """Ranks as in tables of the sign test, W. J. Conover, Practical Nonparametric Statistics."""
    values = [float(value) for value in range(count)]
    assert median_interval(values[::-1]) == (values[rank], values[count - 1 - rank])


def test_of_few_values_there_is_no_interval() -> None:
    assert median_interval([1.0] * 5) is None
    assert median_interval([]) is None


@given(st.lists(st.floats(0.1, 10), min_size=6, max_size=80))
def test_the_interval_holds_as_often_as_it_says(values: list[float]) -> None:
    interval = median_interval(values)
    assert interval is not None
    low, high = interval
    below = sum(value < low for value in values)
    above = sum(value > high for value in values)
    count = len(values)
    for outside in (below, above):
        assert sum(math.comb(count, number) for number in range(outside + 1)) <= 0.025 * 2**count + 1e-9
