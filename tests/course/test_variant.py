"""A trainee's number: the same each time, another one for a neighbour, one for all headless runs."""

from pathlib import Path

import pytest

from aoi_modules.course import variant
from aoi_modules.errors import CourseError
from aoi_modules.settings import settings


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AOI_PROGRESS_FILE", str(tmp_path / "progress.json"))
    monkeypatch.delenv("AOI_RUN_TOKEN", raising=False)
    settings.cache_clear()
    return tmp_path


def thrown(lesson: str = "1") -> int:
    return variant.dice(lesson).randrange(10**9)


def test_dice_fall_the_same_way_each_time_and_another_way_in_another_lesson(course: Path) -> None:
    first = thrown()
    assert [thrown() for _ in range(3)] == [first] * 3
    assert thrown("2") != first
    assert (course / variant.FILE_NAME).is_file()


def test_a_neighbour_gets_another_number(course: Path) -> None:
    own = thrown()
    (course / variant.FILE_NAME).unlink()
    assert thrown() != own


def test_headless_runs_are_all_the_same_and_leave_no_file(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for token in ("one", "two"):
        monkeypatch.setenv("AOI_RUN_TOKEN", token)
        settings.cache_clear()
        found.append(thrown())
    assert found[0] == found[1]
    assert not (course / variant.FILE_NAME).exists()


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe"])
def test_a_damaged_file_is_said_with_the_way_out(course: Path, content: bytes) -> None:
    (course / variant.FILE_NAME).write_bytes(content)
    with pytest.raises(CourseError, match="expected a number") as caught:
        thrown()
    assert caught.value.hint.startswith("remove it")


def test_a_folder_in_its_place_is_said(course: Path) -> None:
    (course / variant.FILE_NAME).mkdir()
    with pytest.raises(CourseError, match="cannot be used"):
        thrown()
