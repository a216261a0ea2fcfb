"""The gallery shows what training sees."""

import numpy as np
import pytest
from matplotlib.text import Text

from aoi_modules.errors import ModelError
from aoi_modules.plots import STAND_IN
from aoi_modules.training.reporting.augmentation_gallery import augmentation_gallery, copies_of
from tests.training.small import ORIGIN, table

ROWS = table(2, 0)


def test_copies_differ_from_each_other_and_the_seed_repeats_them() -> None:
    copies = copies_of(ROWS.picture(0), ["shift", "brightness"], copies=5, seed=3)
    assert copies.shape == (5, 32, 32, 3)
    assert copies.dtype == np.uint8
    assert len({bytes(copy) for copy in copies}) == 5
    assert np.array_equal(copies, copies_of(ROWS.picture(0), ["shift", "brightness"], copies=5, seed=3))
    assert not np.array_equal(copies, copies_of(ROWS.picture(0), ["shift", "brightness"], copies=5, seed=4))


def test_without_layers_all_copies_are_the_picture() -> None:
    assert all(np.array_equal(copy, ROWS.picture(1)) for copy in copies_of(ROWS.picture(1), [], copies=2))


def test_the_original_comes_first_in_each_row() -> None:
    pictures = [ROWS.picture(0), ROWS.picture(1)[..., :1]]
    plot = augmentation_gallery(pictures, ["mirror", "turn"], ORIGIN, titles=["good", "defect"], copies=3)
    assert len(plot.axes) == 2 * 4
    assert np.array_equal(np.asarray(plot.axes[0].images[0].get_array()), pictures[0])
    texts = [text.get_text() for text in plot.findobj(Text) if isinstance(text, Text)]
    assert {"good", "defect", f"As training sees it: mirror, turn ({STAND_IN})"} <= set(texts)
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_nothing_to_show_is_refused() -> None:
    with pytest.raises(ModelError, match="Received: none"):
        augmentation_gallery([], ["mirror"], ORIGIN)
    with pytest.raises(ModelError, match="upside"):
        augmentation_gallery([ROWS.picture(0)], ["upside"], ORIGIN)
