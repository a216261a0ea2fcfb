"""Features, computed once."""

import keras
import numpy as np

from aoi_modules.training.features import features
from tests.training.small import PICTURE, table


def corners() -> keras.Model:
    """A backbone that answers the red values of the four corners, so that mirrored pictures can be recognised."""
    image = keras.Input((32, 32, 3))
    values = keras.layers.Flatten()(image[:, ::31, ::31, :1])
    return keras.Model(image, values)


def test_one_row_a_picture() -> None:
    rows = table(70, 1)
    values, labels = features(corners(), rows, PICTURE)
    expected = np.asarray(rows.pictures)[:, ::31, ::31, 0].reshape(70, 4)
    assert np.array_equal(values, expected)
    assert np.array_equal(labels, rows.labels)


def test_flips_add_the_three_mirror_images_with_the_same_label() -> None:
    rows = table(3, 1)
    values, labels = features(corners(), rows, PICTURE, flips=True)
    plain, _ = features(corners(), rows, PICTURE)
    assert values.shape == (12, 4)
    for i, turned in enumerate(([0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0])):
        assert np.array_equal(values[3 * i : 3 * i + 3], plain[:, turned])
        assert np.array_equal(labels[3 * i : 3 * i + 3], rows.labels)
