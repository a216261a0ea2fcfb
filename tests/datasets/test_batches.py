"""Tables as TensorFlow sees them."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.batches import batches, broken_pictures_named, pixels, training_batches
from aoi_modules.datasets.decoding import decode_picture
from aoi_modules.datasets.table import Table, Target, encode_png
from aoi_modules.errors import NotAPicture
from aoi_modules.modelstore.manifest import PictureInput

import tensorflow as tf

GRAY = PictureInput(height=12, width=10, channels=1)
COLOUR = PictureInput(height=24, width=20, channels=3)


@pytest.fixture
def table() -> Table:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (7, 12, 10, 1)).astype(np.uint8)
    return Table(pictures, (Target("letter", np.arange(7), tuple("abcdefg")),), tuple("abcdefg"))


def encoded(table: Table) -> Table:
    return Table(tuple(table.encoded(i) for i in range(len(table))), table.targets, table.ids)


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
    two = (Target("letter", np.array([0, 1]), ("a", "b")),)
    mixed = Table((table.encoded(0), large), two, ("0", "1"))
    assert pixels(mixed, COLOUR).shape == (2, 24, 20, 3)
    assert np.all(pixels(mixed, COLOUR)[1] == 7)


def labels_of(dataset: tf.data.Dataset) -> list[int]:
    return [int(label) for _, targets in dataset for label in targets["letter"]]


def an_epoch(table: Table, number: int, seed: int = 1) -> list[int]:
    """The labels of one epoch in the order in which training meets them."""
    stream = training_batches(table, GRAY, batch_size=3, epochs=number + 1, first_epoch=number, seed=seed)
    return labels_of(stream)


def test_keeps_the_order_unless_it_trains(table: Table) -> None:
    assert labels_of(batches(table, GRAY, batch_size=3)) == list(range(7))


def test_every_epoch_has_every_row_in_an_order_of_its_own(table: Table) -> None:
    first, second = an_epoch(table, 0), an_epoch(table, 1)
    assert sorted(first) == sorted(second) == list(range(7))
    assert first != second
    assert an_epoch(table, 0, seed=2) != first


def test_an_epoch_is_the_same_whether_or_not_the_ones_before_it_were_run(table: Table) -> None:
    whole = training_batches(table, GRAY, batch_size=3, epochs=3, seed=1)
    assert labels_of(whole) == [*an_epoch(table, 0), *an_epoch(table, 1), *an_epoch(table, 2)]
    assert [len(targets["letter"]) for _, targets in whole] == [3, 3, 1] * 3


def test_an_epoch_can_take_rare_rows_several_times(table: Table) -> None:
    rows = np.array([0, 6, 6, 6])
    stream = training_batches(table, GRAY, batch_size=3, epochs=1, rows=rows)
    assert sorted(labels_of(stream)) == [0, 6, 6, 6]


def test_features_and_weights_travel_with_their_pictures(table: Table) -> None:
    numbers = np.arange(7, dtype=np.float32)[:, np.newaxis]
    weighted = replace(table.main, weights=numbers[:, 0])
    full = replace(table, features=numbers, feature_names=("size",), targets=(weighted,))
    for inputs, targets, weights in training_batches(full, GRAY, batch_size=3, epochs=1):
        rows = targets["letter"].numpy()
        assert np.array_equal(inputs["features"][:, 0], rows)
        assert np.array_equal(weights["letter"], rows)
        assert np.array_equal(inputs["image"], pixels(table, GRAY)[rows])


def test_pictures_are_read_from_the_disk_when_their_batch_is_due(table: Table, tmp_path: Path) -> None:
    paths = tuple(tmp_path / os.fsdecode(f"{name} gr".encode() + b"\xfcn.png") for name in table.ids)
    stored = replace(table, pictures=paths)
    for row, path in enumerate(paths):
        path.write_bytes(table.encoded(row))
    assert np.array_equal(pixels(stored, COLOUR), pixels(table, COLOUR))


def test_a_broken_picture_is_named(table: Table) -> None:
    two = (Target("letter", np.array([0, 1]), ("a", "b")),)
    broken = Table((table.encoded(0), b"no picture"), two, ("0", "tile 7"))
    with pytest.raises(NotAPicture, match="tile 7"):
        pixels(broken, COLOUR)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), r"3.png: cannot be read: No such file or directory$"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:60]),
            r"3.png: expected .* a picture that is damaged or cut off; take it or copy it again$",
        ),
        (
            lambda path: path.write_bytes(b""),
            r"3.png: expected .* Received: no bytes; send",
        ),
        (lambda path: (path.unlink(), path.mkdir()), r"3.png: cannot be read: Is a directory$"),
    ],
)
def test_a_file_that_is_no_longer_what_it_was_is_named(
    table: Table, tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    files = on_disk(table, tmp_path)
    harm(tmp_path / "3.png")
    with pytest.raises(NotAPicture, match=said) as caught:
        pixels(files, GRAY)
    assert "{{" not in caught.value.message
    assert str(tmp_path / "3.png") in caught.value.message


def test_an_error_that_is_about_no_picture_passes_through(table: Table, tmp_path: Path) -> None:
    mistake = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating")
    with pytest.raises(tf.errors.ResourceExhaustedError), broken_pictures_named(table, on_disk(table, tmp_path)):
        raise mistake


def on_disk(table: Table, folder: Path) -> Table:
    for index in range(len(table)):
        (folder / f"{index}.png").write_bytes(table.encoded(index))
    return Table(tuple(folder / f"{index}.png" for index in range(len(table))), table.targets, table.ids)


def test_an_empty_table_has_no_pixels(table: Table) -> None:
    assert pixels(table.take([]), GRAY).shape == (0, 12, 10, 1)
