"""What shrinking pictures to the model's input loses, and when that is said."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.datasets.picture_sizes import PictureSize
from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training.sizing import shrinking, size_note
from tests.training.small import split

PICTURE = PictureInput(height=224, width=224, channels=3)


def of_size(height: int, width: int) -> Split:
    target = Target("defect", np.zeros(2, np.int64), ("good", "defect"))
    return replace(split(), train=Table(np.zeros((2, height, width, 3), np.uint8), (target,), ("a", "b")))


def test_the_side_that_loses_more_counts() -> None:
    assert shrinking(PictureSize(3000, 4000), PICTURE) == pytest.approx(17.857, abs=1e-3)
    assert shrinking(PictureSize(112, 56), PICTURE) == 0.5


def test_warns_of_large_pictures_with_what_becomes_of_a_small_defect() -> None:
    note = size_note(of_size(300, 900), PICTURE)
    assert "pictures of 900 x 300 are shrunk 4.0 times to 224 x 224" in note
    assert "a defect of 7 pixels becomes 1.7" in note
    assert "--picture-size" in note
    assert "--tiles" in note


@pytest.mark.parametrize("size", [(32, 32), (224, 224), (448, 448)])
def test_is_silent_where_every_pixel_is_looked_at(size: tuple[int, int]) -> None:
    assert size_note(of_size(*size), PICTURE) == ""
    assert size_note(replace(of_size(*size), train=of_size(*size).train.take([])), PICTURE) == ""
