"""Lesson.open, needs and finish, as a notebook uses them."""

from typing import Any

import numpy as np
import pytest

from aoi_modules.course import artifacts, durations
from aoi_modules.course.lesson import Lesson, left_by, shown
from aoi_modules.errors import ChecksumError, CourseError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.settings import settings


@pytest.fixture
def two(here: Any) -> Any:
    """Lesson 2 needs lesson 1, which has to leave a file."""
    here.lesson("1", produces=["model"])
    here.lesson("2", needs=["1"])
    return here


def finished(**options: Any) -> Lesson:
    lesson = Lesson.open("1", profile="ci")
    (lesson.out / "model").mkdir()
    (lesson.out / "model" / "weights").write_bytes(b"w" * 100_000)
    lesson.finish(**options)
    return lesson


def test_what_a_lesson_leaves_the_next_one_finds(two: Any, capsys: pytest.CaptureFixture[str]) -> None:
    origin = DataOrigin(name="tiles", sha256="00", stand_in=True)
    lesson = finished(figures={"accuracy": np.float32(0.5), "pictures": 3}, data=[origin], backend="embedded server")
    assert lesson.out == two.folder / "artifacts" / "ci" / "1"
    said = capsys.readouterr().out
    assert said.startswith("Lesson 1 with the profile ci")
    assert said.partition("\n")[2] == (
        "Lesson 1 (profile ci) left 1 file, 0.1 MB, in artifacts/ci/1; accuracy 0.5; pictures 3; stand-in data: tiles\n"
    )
    assert Lesson.open("2", profile="ci").needs("1") == lesson.out
    manifest = artifacts.read(lesson.out)
    assert manifest.figures == {"accuracy": 0.5, "pictures": 3}
    assert (manifest.backend, manifest.data, manifest.run) == ("embedded server", (origin,), "")


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("cpu", "Lesson 1 with the profile cpu takes about 2 minutes on this machine\n"),
        ("gpu", "Lesson 1 with the profile gpu: nobody has measured yet how long it takes\n"),
    ],
)
def test_opening_says_how_long_it_takes(
    two: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, profile: str, words: str
) -> None:
    monkeypatch.setattr(durations, "expected", lambda profile, cache_dir: {"1": 130.0} if profile == "cpu" else {})
    Lesson.open("1", profile=profile)
    assert capsys.readouterr().out == words


def test_a_headless_run_has_said_it_already(
    two: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOI_RUN_TOKEN", "0123")
    settings.cache_clear()
    Lesson.open("1", profile="ci")
    assert capsys.readouterr().out == ""


def test_opening_again_begins_with_an_empty_folder(two: Any) -> None:
    finished()
    again = Lesson.open("1", profile="ci")
    assert list(again.out.iterdir()) == []
    with pytest.raises(CourseError, match="did not finish with profile ci"):
        Lesson.open("2", profile="ci").needs("1")


def test_a_need_that_has_not_run_names_the_command(two: Any) -> None:
    finished()
    with pytest.raises(CourseError, match="lesson 1 has not run with profile cpu") as raised:
        Lesson.open("2", profile="cpu").needs("1")
    assert "`aoi course run --only 1 --profile cpu`" in raised.value.hint


def test_a_need_that_was_changed_or_is_no_manifest_is_refused(two: Any) -> None:
    out = finished().out
    (out / "model" / "weights").write_text("other")
    with pytest.raises(ChecksumError, match="weights is damaged") as raised:
        left_by("1", "ci", two.folder / "artifacts")
    assert "aoi course run --only 1 --profile ci" in raised.value.hint
    (out / artifacts.MANIFEST).write_text("?")
    with pytest.raises(CourseError, match="not a lesson's manifest") as broken:
        left_by("1", "ci", two.folder / "artifacts")
    assert "aoi course run --only 1 --profile ci" in broken.value.hint


def test_a_need_outside_the_checklist_is_refused(two: Any) -> None:
    with pytest.raises(CourseError, match="do not list"):
        Lesson.open("1", profile="ci").needs("2")


def test_a_lesson_that_leaves_less_than_promised_does_not_finish(two: Any) -> None:
    lesson = Lesson.open("1", profile="ci")
    with pytest.raises(CourseError, match="has to leave model"):
        lesson.finish()
    assert not (lesson.out / artifacts.MANIFEST).exists()


@pytest.mark.parametrize(("lesson_id", "profile"), [("1", "big"), ("1", None), ("7", "ci"), (1, "ci")])
def test_opening_what_is_not_there(two: Any, lesson_id: Any, profile: Any) -> None:
    with pytest.raises(CourseError, match=r"profile: expected ci, cpu, gpu|is not in curriculum.yml"):
        Lesson.open(lesson_id, profile=profile)


def test_figures_that_are_no_numbers_are_refused(two: Any) -> None:
    with pytest.raises(CourseError, match=r"figures: expected numbers or text. Received: list"):
        finished(figures={"scores": [1, 2]})


@pytest.mark.parametrize(
    ("value", "text"), [(0.123456, "0.1235"), (3, "3"), ("on", "on"), (True, "True"), (1e-7, "1e-07")]
)
def test_figures_as_people_read_them(value: Any, text: str) -> None:
    assert shown(value) == text
