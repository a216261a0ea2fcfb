"""Where in the picture a head found what it found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aoi_modules.errors import WireError
from aoi_modules.judging.regions import Region, find_region
from aoi_modules.modelstore.manifest import ScoreMap

FOUR = ScoreMap(rows=4, columns=4)


def test_the_cells_around_the_worst_one() -> None:
    scores = np.zeros((4, 4), np.float32)
    scores[1, 2], scores[2, 1], scores[2, 2] = 0.6, 0.9, 0.7
    scores[0, 0] = 0.8  # fails too, apart from them
    assert find_region(scores, FOUR, 0.5) == Region(top=0.25, left=0.25, height=0.5, width=0.5)


def test_corners_hang_together() -> None:
    assert find_region(np.eye(4, dtype=np.float32), FOUR, 0.5) == Region(top=0, left=0, height=1, width=1)


def test_a_map_of_a_part_of_the_picture() -> None:
    half = ScoreMap(rows=2, columns=2, area=(0.5, 0.25, 0.5, 0.5))
    scores = np.array([[0, 0.9], [0, 0]], np.float32)
    assert find_region(scores, half, 0.5) == Region(top=0.5, left=0.5, height=0.25, width=0.25)


@pytest.mark.parametrize("scores", [np.full((4, 4), 0.5), np.full((4, 4), np.nan)])
def test_where_no_cell_fails_there_is_no_region(scores: np.ndarray) -> None:
    assert find_region(scores, FOUR, 0.5) is None


def test_refuses_a_map_of_another_shape() -> None:
    with pytest.raises(WireError, match=r"head crack: expected a map of \(4, 4\)\. Received: \(3, 4\)"):
        find_region(np.zeros((3, 4)), FOUR, 0.5, head="crack")


@given(arrays(np.float32, (5, 7), elements=st.floats(0, 1, width=32)), st.floats(0, 1))
def test_the_worst_cell_is_inside_and_the_region_inside_the_picture(scores: np.ndarray, threshold: float) -> None:
    region = find_region(scores, ScoreMap(rows=5, columns=7), threshold)
    if region is None:
        assert scores.max() <= threshold
        return
    assert region.top >= 0
    assert region.left >= 0
    assert region.top + region.height <= 1 + 1e-6
    assert region.left + region.width <= 1 + 1e-6
    row, column = np.unravel_index(scores.argmax(), scores.shape)
    assert region.top - 1e-6 <= row / 5 <= region.top + region.height + 1e-6
    assert region.left - 1e-6 <= column / 7 <= region.left + region.width + 1e-6
