"""Axes: round marks within round ends, and numbers that people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.scale import (
    Scale,
    decimals,
    marks,
    parts,
    percent,
    percents,
    round_range,
)

shares = st.floats(0, 1)


@given(st.lists(shares), st.integers(2, 10), st.booleans())
def test_round_ends_hold_all_values_and_have_few_different_marks(
    values: list[float], most: int, from_zero: bool
) -> None:
    low, high = round_range(values, most=most, from_zero=from_zero)
    assert 0 <= low < high <= 1
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in values)
    marked = marks(low, high, most)
    assert len(marked) <= most + 2
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in marked)
    if high - low > 1e-6:
        assert len(set(percents(marked))) == len(marked) == len(set(decimals(marked)))


@given(shares, shares, shares)
def test_places_lie_between_the_ends(value: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    if high - low > 1e-12:
        assert 10 <= Scale(low, high, 10, 90)(value) <= 90
        assert 10 <= Scale(low, high, 90, 10)(value) <= 90


def test_an_axis_that_stands_still() -> None:
    assert round_range([], most=5, from_zero=True) == (0, 1)
    assert round_range([0, 0], most=5, from_zero=True) == pytest.approx((0, 0.01))
    assert round_range([1, 1], most=5, from_zero=False) == pytest.approx((0.99, 1))
    assert round_range([0.5], most=5, from_zero=False) == pytest.approx((0.5, 0.51))


@pytest.mark.parametrize(
    ("values", "shown"),
    [((0.0, 0.02, 0.04), ["0%", "2%", "4%"]), ((0.0, 0.005), ["0.0%", "0.5%"]), ((0.5,), ["50.0%"])],
)
def test_marks_have_as_many_digits_as_they_need(values: tuple[float, ...], shown: list[str]) -> None:
    assert percents(values) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0%"), (1.0, "100%"), (0.5, "50.0%"), (0.0213, "2.13%"), (0.00052, "0.0520%"), (0.9994, "99.94%"),
        (0.99999, "over 99.99%"), (1e-7, "under 0.001%"),
    ],
)  # fmt: skip
def test_a_share_in_percent_has_three_digits_that_count(value: float, shown: str) -> None:
    assert percent(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(12.0, "12"), (1234.0, "1,234"), (2.26, "2.3"), (1234.6, "1,235")])
def test_parts_are_whole_unless_they_are_few_and_estimated(value: float, shown: str) -> None:
    assert parts(value) == shown


def test_plain_marks() -> None:
    assert decimals((0.0, 0.25)) == ["0.0", "0.2"]
    assert decimals((0.0, 0.2, 0.4)) == ["0.0", "0.2", "0.4"]
    assert decimals((0.3,)) == ["0.30"]
