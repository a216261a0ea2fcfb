"""Tables of pictures."""

import numpy as np
import pytest

from aoi_modules.datasets.table import Pixels, Table, Target, decode, encode_png
from aoi_modules.errors import DataError, NotAPicture


def pixels(count: int, channels: int = 1) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (count, 6, 8, channels)).astype(np.uint8)


@pytest.fixture
def table() -> Table:
    labels = np.array([0, 1, 1, 0, 1], np.int64)
    target = Target("defect", labels, ("good", "defect"))
    return Table(pixels(5), (target,), tuple("abcde"), ("Free", "Crack", "Fray", "Free", "Crack"))


def test_take_keeps_rows_together(table: Table) -> None:
    part = table.take([4, 0])
    assert part.ids == ("e", "a")
    assert part.kinds == ("Crack", "Free")
    assert part.labels.tolist() == [1, 0]
    assert np.array_equal(part.picture(0), table.picture(4))


def test_take_of_encoded_pictures(table: Table) -> None:
    encoded = Table(tuple(table.encoded(i) for i in range(5)), table.targets, table.ids)
    part = encoded.take([3])
    assert part.encoded(0) == table.encoded(3)
    assert np.array_equal(part.picture(0), table.picture(3))
    assert part.kinds == ()


def test_counts_and_names(table: Table) -> None:
    assert table.counts() == {"good": 2, "defect": 3}
    assert table.label_name(1) == "defect"
    assert len(table) == 5


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match="'target defect': 1"):
        Table(pixels(2), (Target("defect", np.array([0], np.int64), ("good",)),), ("a", "b"))


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_every_pixel(channels: int) -> None:
    picture = pixels(1, channels)[0]
    assert np.array_equal(decode(encode_png(picture), "x"), picture)


@pytest.mark.parametrize("content", [b"", b"no picture", encode_png(pixels(1)[0])[:-30]])
def test_broken_pictures_are_named(content: bytes) -> None:
    with pytest.raises(NotAPicture, match="tile 7"):
        decode(content, "tile 7")
