"""The CSV file and the pictures that a lesson reads back are those of the table."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from aoi_modules.datasets.table import Table, Target
from aoi_modules.study.training.house_list import LIST, PICTURE, write_list

RANDOM = np.random.default_rng(0)
TABLE = Table(
    pictures=RANDOM.integers(0, 256, (12, 4, 6, 3), np.uint8),
    targets=(Target("price", RANDOM.uniform(1e5, 1e6, 12).astype(np.float32)),),
    ids=tuple(map(str, range(12))),
    features=RANDOM.uniform(0, 5000, (12, 2)).astype(np.float32),
    feature_names=("rooms", "area"),
)


def test_what_is_read_back_is_what_was_written(tmp_path: Path) -> None:
    path = write_list(TABLE, tmp_path)
    assert path == tmp_path / LIST
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == [PICTURE, "rooms", "area", "price"]
    read = np.array([[float(line[name]) for name in ("rooms", "area", "price")] for line in lines], np.float32)
    assert TABLE.features is not None
    assert np.array_equal(read, np.column_stack([TABLE.features, TABLE.main.values]))
    for row, line in enumerate(lines):
        assert np.array_equal(np.asarray(Image.open(tmp_path / line[PICTURE])), TABLE.picture(row))
