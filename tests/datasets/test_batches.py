"""Tables as TensorFlow sees them."""

import numpy as np
import pytest
import tensorflow as tf

from aoi_modules.datasets.batches import batches, pixels
from aoi_modules.datasets.pipeline import decode_picture
from aoi_modules.datasets.table import Table, encode_png
from aoi_modules.errors import NotAPicture
from aoi_modules.modelstore.manifest import PictureInput

GRAY = PictureInput(height=12, width=10, channels=1)
COLOUR = PictureInput(height=24, width=20, channels=3)


@pytest.fixture
def table() -> Table:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (7, 12, 10, 1)).astype(np.uint8)
    return Table(pictures, np.arange(7, dtype=np.int64), tuple("abcdefg"), tuple("abcdefg"))


def encoded(table: Table) -> Table:
    return Table(tuple(table.encoded(i) for i in range(len(table))), table.labels, table.label_names, table.ids)


def test_pixels_of_the_right_size_stay_as_they_are(table: Table) -> None:
    found = pixels(table, GRAY)
    assert found.dtype == np.float32
    assert found.shape == (7, 12, 10, 1)
    assert np.array_equal(found, np.asarray(table.pictures, np.float32))


@pytest.mark.parametrize("picture", [GRAY, COLOUR])
def test_encoded_pictures_and_arrays_look_the_same(table: Table, picture: PictureInput) -> None:
    assert np.array_equal(pixels(encoded(table), picture), pixels(table, picture))


def test_decodes_as_the_served_graph_does(table: Table) -> None:
    expected = decode_picture(tf.constant(table.encoded(2)), 24, 20, 3)
    assert np.array_equal(pixels(encoded(table), COLOUR)[2], expected)


def test_pictures_of_different_sizes_make_one_batch(table: Table) -> None:
    large = encode_png(np.full((40, 50, 1), 7, np.uint8))
    mixed = Table((table.encoded(0), large), np.array([0, 1], np.int64), ("a", "b"), ("0", "1"))
    assert pixels(mixed, COLOUR).shape == (2, 24, 20, 3)
    assert np.all(pixels(mixed, COLOUR)[1] == 7)


def labels_of(dataset: tf.data.Dataset) -> list[int]:
    return [int(label) for _, block in dataset for label in block]


def test_shuffles_by_seed_anew_in_each_epoch(table: Table) -> None:
    first = batches(table, GRAY, batch_size=3, shuffle_seed=1)
    epochs = [labels_of(first), labels_of(first)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(7))
    assert epochs[0] != epochs[1]
    again = batches(table, GRAY, batch_size=3, shuffle_seed=1)
    assert [labels_of(again), labels_of(again)] == epochs
    assert labels_of(batches(table, GRAY, batch_size=3)) == list(range(7))


def test_a_broken_picture_is_named(table: Table) -> None:
    broken = Table((table.encoded(0), b"no picture"), np.array([0, 1], np.int64), ("a", "b"), ("0", "tile 7"))
    with pytest.raises(NotAPicture, match="tile 7"):
        pixels(broken, COLOUR)


def test_an_empty_table_has_no_pixels(table: Table) -> None:
    assert pixels(table.take([]), GRAY).shape == (0, 12, 10, 1)
