"""What is done and what is next, and how a terminal shows it."""

from typing import Any

import pytest
from rich.console import Console

from aoi_modules.course.checklist.progress import Attempt, Progress
from aoi_modules.course.checklist.status import course_status
from aoi_modules.course.reporting import tables


@pytest.fixture
def three(small_course: Any) -> Any:
    small_course.lesson("1", checks=["1.1", "1.2"])
    small_course.lesson("2", checks=["2.1"])
    small_course.lessons.append({"id": "3", "notebook": "03_x", "title": "Unwritten", "written": False})
    small_course.write_checklist()
    return small_course


def solved(*names: str, tried: tuple[str, ...] = ()) -> Progress:
    attempts = {name: Attempt(passed=name in names, time="2026-01-01", attempts=1) for name in [*names, *tried]}
    return Progress(checks=attempts)


@pytest.mark.parametrize(
    ("names", "states", "following"),
    [
        ((), ["open", "open", "not yet written"], "1.1"),
        (("1.2",), ["begun", "open", "not yet written"], "1.1"),
        (("1.1", "1.2"), ["done", "open", "not yet written"], "2.1"),
        (("1.1", "1.2", "2.1"), ["done", "done", "not yet written"], None),
    ],
)
def test_states(three: Any, names: tuple[str, ...], states: list[str], following: str | None) -> None:
    status = course_status(three.curriculum, solved(*names, tried=("2.9",)))
    assert [lesson.state for lesson in status.items[0].lessons] == states
    assert status.items[0].state == ("begun" if names else "open")
    assert (status.solved, status.exercises, status.next) == (len(names), 3, following)


def test_the_table_names_what_is_next(three: Any) -> None:
    console = Console(width=100, record=True, quiet=False, file=None, stderr=True)
    tables.print_status(console, course_status(three.curriculum, solved("1.1")))
    text = console.export_text()
    assert "✓ 1.1  · 1.2" in text
    assert "3 Unwritten" in text
    assert text.endswith("1 of 3 exercises solved; next: exercise 1.2 in notebooks/01_lesson.ipynb\n")


def test_when_all_is_solved(three: Any) -> None:
    status = course_status(three.curriculum, solved("1.1", "1.2", "2.1"))
    assert tables.next_line(status) == "3 of 3 exercises solved: nothing is left for now"
