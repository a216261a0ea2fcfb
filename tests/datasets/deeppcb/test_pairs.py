"""Lists of pairs: what is read, and what is named as bad."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.deeppcb.pairs import PICTURE_SIDE, Pair, listed
from aoi_modules.errors import DataError

LINE = "group1/1/1000.jpg group1/1_not/1000.txt"


def put(root: Path, *, boxes: str = "1 2 30 40 6\n", side: int = PICTURE_SIDE, line: str = LINE) -> None:
    """One pair of a black tested picture and a white template, and the list that names it."""
    for folder in ("1", "1_not"):
        (root / "group1" / folder).mkdir(parents=True)
    for part, level in (("test", 0), ("temp", 255)):
        Image.new("L", (side, side), level).save(root / "group1" / "1" / f"1000_{part}.png")
    (root / "group1" / "1_not" / "1000.txt").write_text(boxes)
    (root / "list.txt").write_text(line)


def read(root: Path) -> tuple[tuple[Pair, ...], list[BadRow]]:
    bad: list[BadRow] = []
    return listed(root, "list.txt", bad), bad


def test_a_pair_has_its_boxes_and_reads_both_pictures_when_asked(tmp_path: Path) -> None:
    put(tmp_path)
    (pair,), bad = read(tmp_path)
    assert bad == []
    assert (pair.name, pair.board, pair.side) == ("group1/1000", "group1", PICTURE_SIDE)
    assert pair.boxes.tolist() == [[1, 2, 30, 40, 6]]
    tested, template = pair.read()
    assert (int(tested.max()), int(template.min())) == (0, 255)
    assert tested.dtype == np.uint8
    assert len(pair.template_sum) == 64


def test_a_pair_without_a_box_has_none(tmp_path: Path) -> None:
    put(tmp_path, boxes="")
    ((pair,), _) = read(tmp_path)
    assert pair.boxes.shape == (0, 5)


@pytest.mark.parametrize(
    "boxes",
    ["1 2 30 40\n", "1 2 30 40 7\n", "30 2 1 40 1\n", "1 2 641 40 1\n", "1 2 30 forty 1\n", "1 2 30 -40 1\n"],
)
def test_boxes_that_cannot_be_are_named_with_their_line(tmp_path: Path, boxes: str) -> None:
    put(tmp_path, boxes="1 2 30 40 6\n" + boxes)
    found, (bad,) = read(tmp_path)
    assert found == ()
    assert bad.where == "group1/1_not/1000.txt"
    assert "line 2: expected x1 y1 x2 y2 and a type from 1 to 6" in bad.why


@pytest.mark.parametrize(
    ("line", "where", "why"),
    [
        ("group1/1/1000.jpg", "list.txt, line 1", "expected a picture and its boxes"),
        ("group1/1/1001.jpg group1/1_not/1000.txt", "group1/1_not/1000.txt", "no picture"),
        ("group1/1/1000.jpg group1/1_not/1001.txt", "group1/1_not/1001.txt", "expected a file of boxes"),
    ],
)
def test_a_line_that_names_nothing_is_bad(tmp_path: Path, line: str, where: str, why: str) -> None:
    put(tmp_path, line=line)
    found, (bad,) = read(tmp_path)
    assert (found, bad.where) == ((), where)
    assert why in bad.why


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list\.txt: expected a list of pairs"):
        read(tmp_path)


def test_a_picture_of_another_size_is_refused_when_it_is_read(tmp_path: Path) -> None:
    put(tmp_path, side=320)
    ((pair,), _) = read(tmp_path)
    with pytest.raises(DataError, match=r"expected 640 x 640 pixels\. Received: \(320, 320\)"):
        pair.read()
