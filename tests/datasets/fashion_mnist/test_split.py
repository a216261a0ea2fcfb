"""Fashion-MNIST: split, limits, stand-in."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Pixels, Split
from aoi_modules.modelstore.manifest import DataOrigin


def write(root: Path, part: str, pictures: Pixels, labels: list[int]) -> None:
    header = bytes((0, 0, 8, 3)) + struct.pack(">3I", *pictures.shape)
    (root / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + pictures.tobytes()))
    header = bytes((0, 0, 8, 1)) + struct.pack(">I", len(labels))
    (root / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(header + bytes(labels)))


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """300 training and 50 test pictures; training picture 7 stands in the test set too, 3 and 289 are twins."""
    random = np.random.default_rng(0)
    train, test = (random.integers(0, 256, (count, 28, 28)).astype(np.uint8) for count in (300, 50))
    train[7] = test[20]
    train[3] = train[293]
    write(tmp_path, "train", train, [i % 10 for i in range(300)])
    write(tmp_path, "t10k", test, [i % 10 for i in range(50)])
    return Found(fashion_mnist.NAME, tmp_path, "mirror", DataOrigin(name="fashion-mnist", sha256="", stand_in=False))


def every_picture(split: Split) -> list[bytes]:
    return [bytes(picture) for table in (split.train, split.validation, split.test) for picture in table.pictures]


def test_shapes_and_types(found: Found) -> None:
    split = fashion_mnist.load(found=found)
    for table in (split.train, split.validation, split.test):
        assert isinstance(table.pictures, np.ndarray)
        assert table.pictures.shape[1:] == (28, 28, 1)
        assert table.pictures.dtype == np.uint8
        assert table.labels.dtype == np.int64
    assert len(split.test) == 50


def test_no_picture_is_in_two_tables(found: Found) -> None:
    pictures = every_picture(fashion_mnist.load(found=found))
    assert len(set(pictures)) == len(pictures)


def test_the_labels_stay_with_their_pictures(found: Found) -> None:
    split = fashion_mnist.load(found=found)
    for table in (split.train, split.validation, split.test):
        assert table.labels.tolist() == [int(name.rpartition("/")[2]) % 10 for name in table.ids]


def test_a_part_has_every_class_and_the_seed_chooses_it(found: Found) -> None:
    split = fashion_mnist.load(train=100, test=20, found=found)
    assert set(split.train.counts().values()) == {10}
    assert set(split.test.counts().values()) == {2}
    assert len(split.validation) == 25
    assert fashion_mnist.load(train=100, test=20, found=found).train.ids == split.train.ids
    assert fashion_mnist.load(train=100, test=20, seed=1, found=found).train.ids != split.train.ids
    whole = fashion_mnist.load(found=found)
    assert set(split.train.ids) <= set(whole.train.ids)


def test_the_stand_in_says_what_it_is() -> None:
    origin = DataOrigin(name="fashion-mnist", sha256="", stand_in=True)
    split = fashion_mnist.load(train=200, test=50, found=Found(fashion_mnist.NAME, None, "stand-in", origin))
    assert split.origin.stand_in
    assert split.train.label_names == fashion_mnist.LABEL_NAMES
    assert len(set(every_picture(split))) == len(split.train) + len(split.validation) + len(split.test)
