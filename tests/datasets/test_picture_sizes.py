"""The size of a table's pictures, whatever form they have."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.picture_sizes import PictureSize, typical_size
from aoi_modules.datasets.table import Table, Target, encode_png


def table(pictures: object, count: int) -> Table:
    target = Target("defect", np.zeros(count, np.int64), ("good", "defect"))
    return Table(pictures, (target,), tuple(map(str, range(count))))  # type: ignore[arg-type]


def png(height: int, width: int, channels: int = 3) -> bytes:
    return encode_png(np.zeros((height, width, channels), np.uint8))


def test_an_array_says_its_size() -> None:
    assert typical_size(table(np.zeros((3, 20, 30, 1), np.uint8), 3)) == PictureSize(20, 30, gray=True)


def test_of_encoded_pictures_half_are_at_least_so_large() -> None:
    found = typical_size(table((png(10, 40), png(20, 30), png(90, 20)), 3))
    assert found == PictureSize(20, 30, gray=False)
    assert str(found) == "30 x 20"


def test_files_are_read_by_their_headers(tmp_path: Path) -> None:
    file = tmp_path / "gray.png"
    file.write_bytes(png(12, 34, 1)[:60])  # no pixels are there
    assert typical_size(table((file,), 1)) == PictureSize(12, 34, gray=True)


@pytest.mark.parametrize("pictures", [(), (b"no picture",), (Path("/nowhere.png"),)])
def test_what_cannot_be_read_has_no_size(pictures: tuple[bytes | Path, ...]) -> None:
    assert typical_size(table(pictures, len(pictures))) is None
