"""Views: the picture first, then what was asked for."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras, tf
from aoi_modules.training.features.views import MIRRORED, PLAIN, Views, copies

BLOCK = np.random.default_rng(0).uniform(0, 255, (2, 6, 6, 3)).astype(np.float32)


def seen(views: Views) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    change = views.start()
    return [np.asarray(change(tf.constant(BLOCK), tf.constant(view, tf.int64))) for view in range(views.count)]


def test_plain_is_the_picture_and_mirrored_all_four_ways() -> None:
    (plain,) = seen(PLAIN)
    assert np.array_equal(plain, BLOCK)
    itself, sideways, upside_down, both = seen(MIRRORED)
    assert np.array_equal(itself, BLOCK)
    assert np.array_equal(sideways, BLOCK[:, :, ::-1])
    assert np.array_equal(upside_down, BLOCK[:, ::-1])
    assert np.array_equal(both, BLOCK[:, ::-1, ::-1])


def test_copies_begin_with_the_picture_and_draw_the_same_numbers_in_every_run() -> None:
    views = copies(2, [keras.layers.RandomBrightness(0.3, value_range=(0, 255))], seed=1)
    first, again = seen(views), seen(views)
    assert np.array_equal(first[0], BLOCK)
    assert not np.array_equal(first[1], first[2])
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_the_description_tells_views_apart_and_not_the_names_of_layers() -> None:
    def described(seed: int, factor: float) -> str:
        return copies(2, [keras.layers.RandomBrightness(factor)], seed=seed).description

    assert described(0, 0.1) == described(0, 0.1)
    assert len({described(0, 0.1), described(1, 0.1), described(0, 0.2), PLAIN.description}) == 4


@pytest.mark.parametrize(("count", "layers"), [(0, [keras.layers.RandomFlip()]), (2, [])])
def test_copies_need_a_number_and_layers(count: int, layers: list[keras.layers.Layer]) -> None:
    with pytest.raises(ModelError, match="copies: expected one or more, and layers"):
        copies(count, layers)
