"""The page of a check."""

import re
from pathlib import Path

import pytest
from PIL import Image

from aoi_modules.datasets.checking.findings import Entry, Findings, Odd, Twins
from aoi_modules.datasets.checking.page import MOST_IN_GROUP, page, write_page
from aoi_modules.errors import DataError
from tests.datasets.checking.parts import part


def test_shows_the_pictures_and_names_those_that_are_gone(tmp_path: Path) -> None:
    files = {f"good/{number}.png": tmp_path / f"{number}.png" for number in range(9)}
    for number, file in enumerate(files.values()):
        if number:
            Image.fromarray(part(number)).save(file)
    twins = Twins("nearly", tuple(Entry(name, "good", "train") for name in files))
    found = Findings(path="/data/<parts>", twins=(twins,), odd=(Odd(Entry("good/1.png", "good", "test"), "dark"),))
    text = page(found, files)
    assert text.count("data:image/png;base64,") == MOST_IN_GROUP - 1 + 1
    assert "no picture" in text
    assert "and 3 more" in text
    assert "&lt;parts&gt;" in text
    assert "Training takes it" in text
    assert not re.search(r"https?://", text)


def test_says_why_it_would_be_refused(tmp_path: Path) -> None:
    found = Findings(path="/data/parts", refused="a & b", way_out="mend it", left_out=("a.png: broken",))
    write_page(found, {}, tmp_path / "new" / "page.html")
    text = (tmp_path / "new" / "page.html").read_text()
    assert "a &amp; b" in text
    assert "mend it" in text
    assert "Would not be taken (1)" in text


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written: Is a directory"):
        write_page(Findings(path="/data/parts"), {}, tmp_path)
