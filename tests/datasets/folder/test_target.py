"""Which classes teach something, and which of them is good."""

from pathlib import Path

import pytest

from aoi_modules.datasets import folder
from aoi_modules.errors import DataError
from tests.datasets.small_parts import put_parts


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"good": 9}, "at least two classes. Received: only good"),
        ({"good": 9, "bad": 2}, "3 different pictures of each class. Received: 2 of bad"),
        ({"Bad": 9, "bad": 9, "good": 9}, "more than capitals. Received: Bad, bad"),
    ],
)
def test_sets_that_teach_nothing_are_refused(tmp_path: Path, counts: dict[str, int], why: str) -> None:
    put_parts(tmp_path, counts)
    with pytest.raises(DataError) as caught:
        folder.load(tmp_path)
    assert why in caught.value.message


def test_copies_do_not_make_a_class(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 9, "bad": 1})
    for i in range(5):
        (tmp_path / "bad" / f"copy {i}.png").write_bytes((tmp_path / "bad" / "000.png").read_bytes())
    with pytest.raises(DataError, match="Received: 1 of bad"):
        folder.load(tmp_path)
