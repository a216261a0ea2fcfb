"""Where a gateway keeps its results: one gateway a folder, and the same name whenever it starts there."""

from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.home import at_home


def test_a_gateway_has_the_same_name_whenever_it_starts_there(tmp_path: Path) -> None:
    names = []
    for folder in (tmp_path / "a", tmp_path / "a", tmp_path / "b"):
        with at_home(folder) as home:
            names.append(home.name)
    assert names[0] == names[1] != names[2]


def test_a_folder_has_one_gateway(tmp_path: Path) -> None:
    with (
        at_home(tmp_path),
        pytest.raises(ResultsError, match="another gateway keeps its results there"),
        at_home(tmp_path),
    ):
        pass


def test_a_url_that_makes_no_sense_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="database: expected sqlite"), at_home(tmp_path, "mysql://h/d"):
        pass


def test_a_name_that_somebody_broke_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "name").write_text("not a name\n")
    with at_home(tmp_path) as home:
        assert " " not in home.name


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="file"), at_home(tmp_path / "file" / "results"):
        pass
