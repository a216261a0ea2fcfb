"""Folders and CSV files by one door."""

from pathlib import Path

import pytest

from aoi_modules.datasets.folder.listing import list_pictures
from aoi_modules.errors import DataError
from tests.datasets.small_parts import put_parts


def test_a_folder_and_a_file_are_listed(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 1, "bad": 1})
    (tmp_path / "parts.csv").write_text("path,label\ngood/000.png,good\n")
    assert [row.name for row in list_pictures(tmp_path).rows] == ["bad/000.png", "good/000.png"]
    assert [row.name for row in list_pictures(tmp_path / "parts.csv").rows] == ["good/000.png"]


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a folder of class folders, or a \.csv file"):
        list_pictures(tmp_path / "none")
