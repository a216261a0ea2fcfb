"""What a lesson has to show before it counts as passed; without a process."""

import queue
from collections.abc import Callable
from typing import Any

import pytest

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist import progress
from aoi_modules.course.running import freshness
from aoi_modules.course.running.lesson_events import Ended, LessonError
from aoi_modules.course.running.lesson_run import LessonRun
from aoi_modules.course.running.proof import judged

ALL_RAN = Ended(3)


def lesson_run(
    course: Any, ended: Ended | None, *, solved: tuple[str, ...] = (), token: str | None = None
) -> LessonRun:
    """Lesson 1, as it is when its process has gone.

    Args:
        course: the small course.
        ended: the last word of the process.
        solved: exercises that it solved.
        token: in its manifest; None: the run's own. "" for no manifest.
    """
    order = course.order()
    plan = order.plans[0]
    run = LessonRun(order, plan, {"the notebook": "0"}, queue.Queue(), cells=3, ended=ended)
    order.executed(plan).parent.mkdir(parents=True)
    order.executed(plan).write_text("{}")
    for name in solved:
        progress.record(order.solved_file(plan), name, passed=True)
    if token != "":
        made = LessonManifest(lesson="1", profile="ci", made="2026-01-01", files={}, run=token or run.token)
        order.folder(plan).mkdir(parents=True)
        artifacts.write(order.folder(plan), made)
    return run


def test_a_lesson_that_showed_everything_has_passed_and_is_noted(small_course: Any) -> None:
    small_course.lesson("1", checks=["1.1"])
    run = lesson_run(small_course, ALL_RAN, solved=("1.1",))
    outcome = judged(run, 0)
    assert (outcome.status, outcome.cells) == ("passed", 3)
    assert outcome.manifest is not None
    record = freshness.read_record(run.order.folder(run.plan))
    assert record is not None
    assert record.parts == {"the notebook": "0"}


@pytest.mark.parametrize("token", ["", "another run"])
def test_a_manifest_that_is_missing_or_of_another_run_proves_nothing(small_course: Any, token: str) -> None:
    small_course.lesson("1")
    run = lesson_run(small_course, ALL_RAN, token=token)
    outcome = judged(run, 0)
    assert outcome.status == "failed"
    assert outcome.reason.endswith("manifest.json: lesson.finish(...) ends a lesson")
    assert freshness.read_record(run.order.folder(run.plan)) is None


def test_every_exercise_of_the_checklist_has_to_be_solved(small_course: Any) -> None:
    small_course.lesson("1", checks=["1.1", "1.2"])
    outcome = judged(lesson_run(small_course, ALL_RAN, solved=("1.1",)), 0)
    assert outcome.reason == "every cell ran, but no cell solved 1.2"


def test_a_process_without_a_last_word_shows_the_end_of_its_log(small_course: Any) -> None:
    small_course.lesson("1")
    run = lesson_run(small_course, None)
    run.order.log(run.plan).parent.mkdir(parents=True)
    run.order.log(run.plan).write_text("Segmentation fault")
    outcome = judged(run, -11)
    assert outcome.reason.startswith("the lesson's process ended with exit code -11 and no word; see ")
    assert outcome.error is not None
    assert outcome.error.trace == "Segmentation fault"


def test_the_error_that_the_process_told_is_the_reason(small_course: Any) -> None:
    small_course.lesson("1")
    told = LessonError(cell=2, title="Divide", message="ZeroDivisionError: division by zero")
    outcome = judged(lesson_run(small_course, Ended(1, told)), 1)
    assert outcome.error == told
    assert outcome.reason == "cell 2, Divide: ZeroDivisionError: division by zero"


def test_a_lesson_over_its_limit_says_so_and_in_which_cell(small_course: Any) -> None:
    small_course.lesson("1", timeouts={"cell": 2, "lesson": 3})
    run = lesson_run(small_course, Ended(1, LessonError(cell=2, title="Wait", message="the kernel died")))
    run.overdue = True
    assert judged(run, 1).reason == "cell 2, Wait: still at work after 3 s, the limit for the whole lesson"


@pytest.mark.parametrize("own", [True, False])
def test_only_what_a_trainees_copy_solved_counts_for_the_trainee(
    small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]], own: bool
) -> None:
    heading, stub, solution, check = exercise_cells("1.1", "None", "4")
    small_course.lesson("1", heading, stub, *([] if own else [solution]), check, checks=["1.1"])
    run = lesson_run(small_course, ALL_RAN, solved=("1.1",))
    assert judged(run, 0).status == "passed"
    assert progress.read(run.order.given.progress_file).passed("1.1") is own


def test_a_damaged_file_of_the_run_fails_the_lesson_and_not_the_whole_run(small_course: Any) -> None:
    small_course.lesson("1", checks=["1.1"])
    run = lesson_run(small_course, ALL_RAN, solved=("1.1",))
    run.order.solved_file(run.plan).write_text("{")
    outcome = judged(run, 0)
    assert outcome.status == "failed"
    assert "not a progress file" in outcome.reason
