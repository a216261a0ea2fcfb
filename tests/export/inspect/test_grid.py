"""Rows and columns of a drawing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.export.inspect.grid import BETWEEN_ROWS, LOWEST, ROW, Box, Grid, apart

SIDES = st.floats(0.1, 10)


def test_the_edges_of_a_box() -> None:
    box = Box(1, 2, 4, 6)
    assert (box.right, box.top, box.centre, box.middle) == (5, 8, 3, 5)
    assert box.holds(5)
    assert not box.holds(2.05)  # a corner


@given(SIDES, SIDES, SIDES, SIDES)
def test_boxes_overlap_both_ways_or_not_at_all(left: float, bottom: float, width: float, height: float) -> None:
    one, other = Box(0, 0, 5, 5), Box(left, bottom, width, height)
    assert one.overlaps(other) == other.overlaps(one) == (left < 5 and bottom < 5)
    assert not one.overlaps(Box(one.right, 0, width, height))  # they only touch


@pytest.mark.parametrize("count", [1, 2, 8])
def test_every_head_has_a_row_of_its_own(count: int) -> None:
    heads = [f"head{number}" for number in range(count)]
    grid = Grid(heads)
    assert grid.height >= LOWEST - 1e-9
    assert grid.row >= ROW
    rows = [Box(0, *grid.span([head], 1)) for head in heads]
    for upper, lower in itertools.pairwise(rows):
        assert upper.bottom - lower.top == pytest.approx(BETWEEN_ROWS)
    whole = Box(0, *grid.span(heads, 1))
    assert (whole.bottom, whole.top) == pytest.approx((0, grid.height))
    assert grid.middle(heads) == pytest.approx(whole.middle)


@given(st.dictionaries(st.integers(0, 20), st.tuples(SIDES, st.floats(-20, 20)), min_size=1, max_size=6))
def test_boxes_that_want_the_same_place_stand_apart(boxes: dict[int, tuple[float, float]]) -> None:
    heights = {number: height for number, (height, _) in boxes.items()}
    bottoms = apart(heights, lambda number: boxes[number][1], 0.0)
    order = sorted(bottoms, key=bottoms.__getitem__)
    for lower, upper in itertools.pairwise(order):
        assert bottoms[lower] + heights[lower] + BETWEEN_ROWS <= bottoms[upper] + 1e-6


def test_boxes_with_room_stand_where_they_want() -> None:
    assert apart({1: 1.0, 2: 2.0}, {1: 0.0, 2: 10.0}.__getitem__, 5.0) == {1: -0.5, 2: 9.0}
    assert apart({}, float, 0.0) == {}
