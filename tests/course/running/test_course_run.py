"""Real papermill runs of small lessons: what passes, what fails and how that is said, and that nothing is left over."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from rich.console import Console

from aoi_modules.course.running.course_run import CourseRun
from aoi_modules.course.running.display import PlainDisplay
from aoi_modules.course.running.forecast import Forecast
from aoi_modules.course.running.lesson_events import Form
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.errors import CourseError

pytestmark = pytest.mark.slow

WRITE = '(lesson.out / "number.txt").write_text("7")'


def run(course: Any, *, only: tuple[str, ...] = (), **options: Any) -> tuple[dict[str, Outcome], str]:
    """Runs a small course with the profile ci; returns outcomes by lesson and what was displayed."""
    console = Console(width=200, record=True, quiet=False, stderr=True)
    outcomes = CourseRun(course.order(*only, **options), PlainDisplay(console)).run()
    return {outcome.plan.id: outcome for outcome in outcomes}, console.export_text()


def statuses(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {lesson_id: outcome.status for lesson_id, outcome in outcomes.items()}


def executed_cells(course: Any, lesson_id: str) -> list[Any]:
    """The code cells of the executed notebook that answered."""
    path = course.folder / "report" / "notebooks" / "ci" / f"{int(lesson_id):02d}_lesson.ipynb"
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.get("execution_count")]


def test_lessons_run_in_order_and_a_second_run_repeats_nothing(small_course: Any) -> None:
    small_course.lesson("1", "# Write a number\n" + WRITE, produces=["number.txt"])
    small_course.lesson("2", 'assert (lesson.needs("1") / "number.txt").read_text() == "7"', needs=["1"])
    outcomes, lines = run(small_course)
    assert statuses(outcomes) == {"1": "passed", "2": "passed"}
    assert outcomes["1"].manifest is not None
    assert set(outcomes["1"].manifest.files) == {"number.txt"}
    assert "[1] cell 4/5 Write a number ... " in lines
    again, _ = run(small_course)
    assert statuses(again) == {"1": "fresh", "2": "fresh"}
    assert again["1"].seconds == outcomes["1"].seconds
    forced, _ = run(small_course, force=True, only=("2",))
    assert statuses(forced) == {"2": "passed"}


def test_a_changed_lesson_runs_again_and_its_followers_only_if_it_leaves_something_else(small_course: Any) -> None:
    small_course.lesson("1", WRITE)
    small_course.lesson("2", needs=["1"])
    run(small_course)
    small_course.notebook("1", WRITE, "1 + 1")
    outcomes, _ = run(small_course)
    assert statuses(outcomes) == {"1": "passed", "2": "fresh"}
    small_course.notebook("1", WRITE.replace("7", "8"))
    outcomes, _ = run(small_course)
    assert statuses(outcomes) == {"1": "passed", "2": "passed"}
    (small_course.folder / "artifacts" / "ci" / "1" / "number.txt").write_text("9")
    outcomes, _ = run(small_course)
    assert statuses(outcomes) == {"1": "passed", "2": "fresh"}


def test_independent_lessons_go_on_and_dependents_are_skipped(small_course: Any) -> None:
    small_course.lesson("1", "# Divide\n1 / 0")
    small_course.lesson("2", needs=["1"])
    small_course.lesson("3", needs=["2"])
    small_course.lesson("4")
    outcomes, lines = run(small_course, jobs=2)
    assert statuses(outcomes) == {"1": "failed", "2": "skipped", "3": "skipped", "4": "passed"}
    error = outcomes["1"].error
    assert error is not None
    assert (error.cell, error.title, error.message) == (4, "Divide", "ZeroDivisionError: division by zero")
    assert "1 / 0" in error.trace
    assert outcomes["2"].reason == "needs 1, which failed"
    assert "[3] skipped: needs 2, which was skipped" in lines
    assert [cell.source for cell in executed_cells(small_course, "1")][-1] == "# Divide\n1 / 0"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("import sys\nsys.exit(0)", "left the lesson early (sys.exit?): 3 of 5 cells ran"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the kernel died"),
    ],
)
def test_an_end_in_the_middle_is_no_success(small_course: Any, cell: str, words: str) -> None:
    small_course.lesson("1", cell)
    outcomes, _ = run(small_course)
    assert outcomes["1"].status == "failed"
    assert words in outcomes["1"].reason
    assert "cell 4" in outcomes["1"].reason
    assert len(executed_cells(small_course, "1")) >= 3, "what ran before is saved"


def test_a_cell_over_its_limit_stops_the_lesson_and_its_output_is_saved(small_course: Any) -> None:
    cell = '# Wait\nimport time\nprint("begun", flush=True)\ntime.sleep(60)'
    small_course.lesson("1", cell, timeouts={"cell": 2, "lesson": 60})
    outcomes, _ = run(small_course)
    assert outcomes["1"].reason == "cell 4, Wait: still at work after 2 s, the limit for one cell"
    path = small_course.folder / "report" / "notebooks" / "ci" / "01_lesson.ipynb"
    assert "begun" in path.read_text()


def test_a_lesson_over_its_limit_is_ended_with_everything_it_started(small_course: Any) -> None:
    children = (
        "# Start a child\nimport subprocess, sys, time\n"
        'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)\n'
        '(lesson.out / "pid").write_text(str(child.pid))'
    )
    wait = ["# Wait\ntime.sleep(3)"] * 20
    small_course.lesson("1", children, *wait, timeouts={"cell": 8, "lesson": 8})
    outcomes, _ = run(small_course)
    assert "still at work after 8 s, the limit for the whole lesson" in outcomes["1"].reason
    assert outcomes["1"].reason.startswith("cell ")
    pid = int((small_course.folder / "artifacts" / "ci" / "1" / "pid").read_text())
    assert gone(pid)
    assert len(executed_cells(small_course, "1")) >= 4


def gone(pid: int) -> bool:
    """Whether a process has ended, given a moment to do so."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_failed_check_fails_the_lesson_and_ticks_nothing_off(
    small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]]
) -> None:
    small_course.lesson("1", *exercise_cells("1.1", "None", "2"), checks=["1.1"])
    outcomes, _ = run(small_course)
    assert "exercise 1.1: found 2, expected a number over 3" in outcomes["1"].reason
    assert not (small_course.folder / "progress.json").exists()


@pytest.mark.parametrize(
    ("form", "stub", "words"),
    [
        ("solved", "1 / 0", ""),
        ("proving", "None", ""),
        ("proving", "1", ""),
        ("proving", "7", "the stub's answer got no hint"),
    ],
)
def test_forms(
    small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]], form: Form, stub: str, words: str
) -> None:
    small_course.lesson("1", *exercise_cells("1.1", stub, "4"), checks=["1.1"])
    outcomes, _ = run(small_course, form=form)
    assert outcomes["1"].status == ("failed" if words else "passed"), outcomes["1"].reason
    assert words in outcomes["1"].reason


def test_solving_a_trainees_copy_headless_ticks_the_trainees_checklist(
    small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]]
) -> None:
    _, stub, _, check = exercise_cells("1.1", "5", "4")
    small_course.lesson("1", stub, check, checks=["1.1"])
    outcomes, _ = run(small_course)
    assert outcomes["1"].status == "passed", outcomes["1"].reason
    assert '"passed": true' in (small_course.folder / "progress.json").read_text()


def test_two_runs_in_one_folder_do_not_mix(small_course: Any) -> None:
    small_course.lesson("1", "import time\nwhile not (lesson.out.parent / 'go').exists():\n    time.sleep(0.05)")
    first = threading.Thread(target=run, args=(small_course,))
    first.start()
    lock = small_course.folder / "artifacts" / "ci" / "1"
    while not lock.exists():
        time.sleep(0.05)
    try:
        with pytest.raises(CourseError, match="another run is at work"):
            run(small_course)
    finally:
        (small_course.folder / "artifacts" / "ci" / "go").touch()
        first.join(60)


def test_an_interrupt_leaves_no_process_and_an_outcome_for_every_lesson(small_course: Any) -> None:
    small_course.lesson(
        "1", "import os\n(lesson.out / 'pid').write_text(str(os.getpid()))", "import time\ntime.sleep(99)"
    )
    small_course.lesson("2")
    pid_file = small_course.folder / "artifacts" / "ci" / "1" / "pid"

    class Interrupting(PlainDisplay):
        def still(self, plan: object, seconds: float) -> None:
            if pid_file.exists() and pid_file.read_text():
                raise KeyboardInterrupt

    course_run = CourseRun(small_course.order(), Interrupting(Console(stderr=True)))
    with pytest.raises(KeyboardInterrupt):
        course_run.run()
    assert {name: outcome.reason for name, outcome in course_run.outcomes.items()} == {
        "1": "stopped",
        "2": "not begun when the run was stopped",
    }
    assert gone(int(pid_file.read_text()))


@dataclass
class Pages:
    """Pages as files with a lesson's id; those of lessons in `broken` cannot be made."""

    folder: Path
    broken: tuple[str, ...] = ()
    made: list[str] = field(default_factory=list)

    def begin(self) -> Path:
        return self.folder / "index.html"

    def add(self, outcome: Outcome) -> Path | None:
        self.made.append(outcome.plan.id)
        if outcome.plan.id in self.broken:
            raise OSError("the disk is full")
        return self.folder / f"{outcome.plan.id}.html" if outcome.status == "passed" else None


def test_each_page_is_told_as_soon_as_its_lesson_has_ended_and_what_is_left_is_said(small_course: Any) -> None:
    small_course.lesson("1")
    small_course.lesson("2", "1 / 0")
    small_course.lesson("3", "import time\ntime.sleep(2)")
    small_course.lesson("4")
    console = Console(width=200, record=True, stderr=True)
    pages = Pages(small_course.folder, broken=("4",))
    forecast = Forecast({"1": 60.0, "2": 60.0, "3": 60.0, "4": 60.0})
    outcomes = CourseRun(small_course.order(), PlainDisplay(console), forecast, pages).run()
    assert [outcome.status for outcome in outcomes] == ["passed", "failed", "passed", "passed"]
    assert pages.made == ["1", "2", "3", "4"]
    lines = console.export_text().splitlines()
    links = [line for line in lines if "file://" in line]
    url = small_course.folder.as_uri()
    assert links == [
        f"the report fills up while the lessons run: {url}/index.html",
        f"[1] page: {url}/1.html",
        f"[3] page: {url}/3.html",
    ]
    assert lines.index(links[1]) < next(at for at, line in enumerate(lines) if line.startswith("[3] passed"))
    assert "[1] Lesson 1: 4 cells; about 4 minutes left" in lines
    assert any(line.startswith("[1] passed in") and line.endswith(" left") for line in lines)
    assert next(line for line in lines if line.startswith("[4] passed")).endswith(" s"), "nothing is left"
