"""Maps over pictures: the tint is where the score is, and a large picture becomes one that a screen shows."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import NotAPicture, WireError
from aoi_modules.judging.heat import LONGEST_SIDE, draw
from aoi_modules.modelstore.manifest import ScoreMap

GRID = ScoreMap(rows=2, columns=4)


def gray(height: int, width: int, *, colour: bool = False) -> bytes:
    file = io.BytesIO()
    Image.new("RGB" if colour else "L", (width, height), (90, 90, 90) if colour else 90).save(file, "PNG")
    return file.getvalue()


def pixels(content: bytes) -> NDArray[np.uint8]:
    return np.array(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("colour", [False, True])
def test_the_cell_that_fails_is_red_and_the_others_are_not(colour: bool) -> None:
    scores = np.zeros((2, 4), np.float32)
    scores[1, 2] = 0.9
    drawn = pixels(draw(gray(20, 40, colour=colour), scores, GRID, 0.5))
    assert drawn.shape == (20, 40, 3)
    red = drawn[..., 0].astype(int) - drawn[..., 2] > 30
    assert red[10:, 20:30].all()
    assert red.sum() == 100
    assert (drawn[:10] == 90).all(), "a score of 0 hides nothing"


def test_what_is_under_the_limit_is_tinted_less_than_what_is_over_it() -> None:
    scores = np.array([[0.0, 0.2, 0.49, 0.51], [0.6, 0.8, 1.0, np.nan]], np.float32)
    drawn = pixels(draw(gray(2, 4), scores, GRID, 0.5)).astype(int)
    changed = np.abs(drawn - 90).sum(axis=-1)
    assert (np.diff(changed[0]) > 0).all()
    assert (changed[1] > changed[0, 2]).all()
    assert changed[1, 3] == changed[1, 2], "what is no number is as bad as can be"


def test_a_map_of_a_part_of_the_picture_leaves_the_rest() -> None:
    part = ScoreMap(rows=1, columns=1, area=(0.25, 0.5, 0.5, 0.5))
    drawn = pixels(draw(gray(40, 40), np.ones((1, 1), np.float32), part, 0.5))
    changed = (drawn != 90).any(axis=-1)
    assert changed[10:30, 20:].all()
    assert changed.sum() == 400


@pytest.mark.parametrize(("height", "width"), [(LONGEST_SIDE * 2, 100), (300, LONGEST_SIDE * 3)])
def test_a_large_picture_is_made_smaller(height: int, width: int) -> None:
    assert max(pixels(draw(gray(height, width), np.ones((2, 4), np.float32), GRID, 0.5)).shape) == LONGEST_SIDE


def test_a_map_is_at_least_a_pixel_large() -> None:
    assert pixels(draw(gray(1, 1), np.ones((2, 4), np.float32), GRID, 0.5)).shape == (1, 1, 3)


def test_what_is_no_picture_or_another_map_is_refused() -> None:
    with pytest.raises(NotAPicture):
        draw(b"text", np.zeros((2, 4), np.float32), GRID, 0.5)
    with pytest.raises(WireError, match=r"expected a map of \(2, 4\). Received: \(4, 2\)"):
        draw(gray(8, 8), np.zeros((4, 2), np.float32), GRID, 0.5)
