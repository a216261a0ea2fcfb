"""Pareto's chart."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.quality.pareto import OTHERS, Bar, pareto

COUNTS = st.dictionaries(st.text(max_size=3), st.floats(0, 1e6), max_size=20)


def test_the_most_frequent_come_first_and_the_rest_last() -> None:
    found = pareto({"scratch": 2, "crack": 10.5, "dent": 2, "void": 5, "stain": 0.5, "none": 0}, most=4)
    assert found == (
        Bar(name="crack", count=10.5, share=10.5 / 20, cumulative=10.5 / 20),
        Bar(name="void", count=5, share=5 / 20, cumulative=15.5 / 20),
        Bar(name="dent", count=2, share=2 / 20, cumulative=17.5 / 20),
        Bar(name=OTHERS, count=2.5, share=2.5 / 20, cumulative=1.0, names=2),
    )


def test_one_that_has_room_is_named() -> None:
    assert [bar.name for bar in pareto({"a": 3, "b": 2, "c": 1}, most=3)] == ["a", "b", "c"]
    assert [(bar.name, bar.names) for bar in pareto({"a": 3, "b": 2}, most=1)] == [(OTHERS, 2)]


@given(COUNTS, st.integers(1, 25))
def test_bars_add_up_to_all_and_fall(counts: dict[str, float], most: int) -> None:
    bars = pareto(counts, most=most)
    assert len(bars) == min(most, sum(count > 0 for count in counts.values()))
    assert sum(bar.count for bar in bars) == pytest.approx(sum(counts.values()))
    named = [bar.count for bar in bars if bar.names == 1]
    assert named == sorted(named, reverse=True)
    if bars:
        assert bars[-1].cumulative == pytest.approx(1)
        assert sum(bar.share for bar in bars) == pytest.approx(1)


@given(COUNTS)
def test_the_order_of_the_counts_is_of_no_matter(counts: dict[str, float]) -> None:
    assert pareto(counts) == pareto(dict(reversed(counts.items())))


@pytest.mark.parametrize("count", [-1, math.nan, math.inf])
def test_what_is_no_number_of_parts_is_refused(count: float) -> None:
    with pytest.raises(ValueError, match="crack"):
        pareto({"crack": count, "dent": 1})


def test_no_bar_is_no_chart() -> None:
    with pytest.raises(ValueError, match="most"):
        pareto({"crack": 1}, most=0)
    assert pareto({}) == ()
