"""Which lessons run, which are skipped, which are fresh, and the reason that is said; without a process."""

from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.running import freshness
from aoi_modules.course.running.freshness import RunRecord
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome, Status
from aoi_modules.course.running.readiness import Due, decide
from aoi_modules.errors import CourseError
from aoi_modules.modelstore.version_dir import file_sha256


@pytest.fixture
def two(small_course: Any) -> Any:
    small_course.lesson("1")
    small_course.lesson("2", needs=["1"])
    return small_course


def leave(given: RunOrder, lesson_id: str, text: str = "a") -> Path:
    """What a run of the lesson leaves, without its record."""
    plan = given.curriculum.lesson(lesson_id)
    folder = given.folder(plan)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file").write_text(text)
    files = {"file": file_sha256(folder / "file")}
    artifacts.write(folder, LessonManifest(lesson=lesson_id, profile="ci", made="2026-01-01", files=files))
    return folder


def pass_earlier(given: RunOrder, lesson_id: str) -> None:
    """An earlier run of the lesson, as `proof` notes it."""
    plan, folder = given.curriculum.lesson(lesson_id), leave(given, lesson_id)
    executed = given.executed(plan)
    executed.parent.mkdir(parents=True, exist_ok=True)
    executed.write_text("{}")
    parts = freshness.dependencies(given, plan)
    record = RunRecord(parts=parts, seconds=7.0, cells=3, notebook_sha256=file_sha256(executed))
    freshness.write_record(folder, record)


def decided(given: RunOrder, lesson_id: str, **ended: Status) -> Outcome | Due:
    plans = {plan.id: plan for plan in given.plans}
    outcomes = {name[1:]: Outcome(plan=plans[name[1:]], status=status) for name, status in ended.items()}
    return decide(given, plans[lesson_id], outcomes)


def test_a_lesson_that_never_ran_is_due_without_a_reason(two: Any) -> None:
    found = decided(two.order(), "1")
    assert isinstance(found, Due)
    assert found.why == ""
    assert found.parts["the runner"].endswith("solved form, profile ci")


@pytest.mark.parametrize(
    ("status", "words"), [("failed", "needs 1, which failed"), ("skipped", "1, which was skipped")]
)
def test_a_lesson_whose_need_is_not_good_is_skipped(two: Any, status: Status, words: str) -> None:
    found = decided(two.order(), "2", _1=status)
    assert isinstance(found, Outcome)
    assert found.status == "skipped"
    assert words in found.reason


def test_a_need_that_was_not_asked_for_must_have_left_its_files(two: Any) -> None:
    given = two.order()
    missing = decided(given, "2")
    assert isinstance(missing, Outcome)
    assert "run `aoi course run --only 1 --profile ci`" in missing.reason
    leave(given, "1")
    assert isinstance(decided(given, "2"), Due)
    (given.folder(given.plans[0]) / "file").write_text("damaged")
    damaged = decided(given, "2")
    assert isinstance(damaged, Outcome)
    assert "is damaged" in damaged.reason


def test_a_lesson_that_passed_is_fresh_until_something_changes(two: Any) -> None:
    given = two.order()
    pass_earlier(given, "1")
    fresh = decided(given, "1")
    assert isinstance(fresh, Outcome)
    assert (fresh.status, fresh.seconds, fresh.cells) == ("fresh", 7.0, 3)
    two.notebook("1", "1 + 1")
    changed = decided(given, "1")
    assert isinstance(changed, Due)
    assert changed.why == "changed: the notebook"


def test_files_that_were_changed_by_hand_are_a_reason(two: Any) -> None:
    given = two.order()
    pass_earlier(given, "1")
    (given.folder(given.plans[0]) / "file").write_text("other")
    found = decided(given, "1")
    assert isinstance(found, Due)
    assert found.why == "what it left was changed"


def test_force_runs_a_fresh_lesson_and_says_so(two: Any) -> None:
    pass_earlier(two.order(), "1")
    found = decided(two.order(force=True), "1")
    assert isinstance(found, Due)
    assert found.why == "it was asked for"


def test_a_lesson_without_a_notebook_is_an_error(two: Any) -> None:
    (two.folder / "notebooks" / "01_lesson.ipynb").unlink()
    with pytest.raises(CourseError, match="is not there"):
        decided(two.order(), "1")
