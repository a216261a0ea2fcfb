"""Fashion-MNIST in colours: balanced, fixed by name, not a pixel more than a tint."""

import gzip
import struct
from collections import Counter

import numpy as np
import pytest

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.fashion_mnist import colours
from aoi_modules.datasets.fashion_mnist.colours import COLOUR_NAMES, tint
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Split
from aoi_modules.modelstore.manifest import DataOrigin


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """1,200 training and 300 test pictures of noise, the categories in turn."""
    root, random = tmp_path_factory.mktemp("gray"), np.random.default_rng(0)
    for part, count in (("train", 1200), ("t10k", 300)):
        pictures = random.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        header = bytes((0, 0, 8, 3)) + struct.pack(">3I", *pictures.shape)
        (root / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + pictures.tobytes(), 1))
        header = bytes((0, 0, 8, 1)) + struct.pack(">I", count)
        (root / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(header + bytes(i % 10 for i in range(count))))
    return Found("fashion-mnist", root, "mirror", DataOrigin(name="fashion-mnist", sha256="x", stand_in=False))


@pytest.fixture(scope="module")
def split(found: Found) -> Split:
    return colours.load(found=found)


def test_two_questions_category_first(split: Split, found: Found) -> None:
    for table in (split.train, split.validation, split.test):
        assert isinstance(table.pictures, np.ndarray)
        assert table.pictures.shape == (len(table), 28, 28, 3)
        assert table.pictures.dtype == np.uint8
        assert [target.name for target in table.targets] == ["category", "colour"]
        assert table.target("colour").labels == ("red", "green", "blue")
        assert table.label_names == fashion_mnist.LABEL_NAMES
        assert table.target("colour").values.dtype == np.int64
    assert split.origin == found.origin


def test_every_category_has_its_third_of_each_colour(split: Split) -> None:
    for table in (split.train, split.validation, split.test):
        pairs = Counter(zip(table.labels.tolist(), table.target("colour").values.tolist(), strict=True))
        for category in range(10):
            counts = [pairs[category, colour] for colour in range(3)]
            assert max(counts) - min(counts) <= 1


def test_the_brightest_channel_is_the_colour_and_holds_the_gray_picture(split: Split, found: Found) -> None:
    plain = fashion_mnist.load(found=found).test
    gray = {name: plain.picture(i) for i, name in enumerate(plain.ids)}
    table = split.test
    for i in range(0, len(table), 37):
        colour = int(table.target("colour").values[i])
        picture = table.picture(i)
        assert np.array_equal(picture[..., colour], gray[table.ids[i]][..., 0])
        assert np.argmax(picture.sum(axis=(0, 1), dtype=np.int64)) == colour
        assert table.kinds[i] == f"{COLOUR_NAMES[colour]} {table.label_name(i)}"


def test_a_picture_keeps_its_colour_in_a_smaller_table(split: Split, found: Found) -> None:
    colour_of = dict(zip(split.train.ids, split.train.target("colour").values.tolist(), strict=True))
    small = colours.load(train=300, test=60, seed=5, found=found)
    assert (len(small.train), len(small.validation), len(small.test)) == (300, 75, 60)
    assert [colour_of[name] for name in small.train.ids] == small.train.target("colour").values.tolist()
    assert set(Counter(small.train.kinds).values()) == {10}
    assert small.train.ids != colours.load(train=300, found=found).train.ids


def test_black_stays_black_and_white_becomes_the_dye() -> None:
    gray = np.array([0, 255], np.uint8).reshape(1, 1, 2, 1).repeat(3, axis=0)
    tinted = tint(gray, np.arange(3, dtype=np.int64))
    assert not tinted[:, 0, 0].any()
    assert tinted[:, 0, 1].tolist() == [[255, 64, 64], [64, 255, 64], [64, 64, 255]]
