"""What the line serves: what the largest run of the course left, or a tile that is trained for it."""

import shutil
from pathlib import Path

import pytest

from aoi_modules.course import artifacts
from aoi_modules.errors import ModelError
from aoi_modules.line.home import Home
from aoi_modules.line.servables import of_course, trained


def test_a_course_that_has_not_run_left_nothing(tmp_path: Path) -> None:
    assert of_course(tmp_path) == []


@pytest.mark.slow
def test_the_largest_size_that_finished_is_taken(course: Path, tmp_path: Path) -> None:
    for size in ("ci", "cpu", "gpu"):
        shutil.copytree(course / "artifacts" / "ci" / "6", tmp_path / size / "6")
    (tmp_path / "gpu" / "6" / artifacts.MANIFEST).unlink()
    shutil.rmtree(tmp_path / "ci" / "6" / "models" / "lamp")
    found = of_course(tmp_path)
    assert [one.name for one in found] == ["lamp", "tile"]
    assert {one.folder.parents[2] for one in found} == {tmp_path / "cpu" / "6"}


@pytest.mark.slow
def test_what_an_earlier_start_trained_is_taken_again(course: Path, tmp_path: Path) -> None:
    home, said = Home(tmp_path), list[str]()
    shutil.copytree(course / "artifacts" / "ci" / "6" / "models", home.training / "models")
    assert [one.name for one in trained(home, said.append)] == ["lamp", "tile"]
    assert said == []


def test_a_training_that_fails_shows_its_log(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (home.training).mkdir()
    (home.training / "tile").write_text("no folder")
    with pytest.raises(
        ModelError, match=r"aoi train ended with exit code [12]\. The end of .*train\.log:\n(.|\n)*error"
    ):
        trained(home, lambda line: None)
