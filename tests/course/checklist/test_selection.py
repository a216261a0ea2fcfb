"""Which lessons a run is about."""

from typing import Any

import pytest

from aoi_modules.course.checklist.selection import selected, waits_for
from aoi_modules.course.running.outcome import Outcome, all_good
from aoi_modules.errors import CourseError


@pytest.fixture
def four(small_course: Any) -> Any:
    small_course.lesson("1")
    small_course.lesson("2", needs=["1"])
    small_course.lessons.append({"id": "3", "notebook": "03_x", "title": "X", "written": False})
    small_course.lesson("4", needs=["1"])
    return small_course.curriculum


@pytest.mark.parametrize(
    ("only", "start", "ids"),
    [
        ((), None, "124"),
        (("4", "1"), None, "14"),
        ((), "2", "24"),
        (("1", "4"), "2", "4"),
    ],
)
def test_selected(four: Any, only: tuple[str, ...], start: str | None, ids: str) -> None:
    assert "".join(plan.id for plan in selected(four, only, start)) == ids


@pytest.mark.parametrize(("only", "start"), [(("9",), None), (("3",), None), ((), "3")])
def test_lessons_that_are_not_there(four: Any, only: tuple[str, ...], start: str | None) -> None:
    with pytest.raises(CourseError, match=r"is not in|not yet written"):
        selected(four, only, start)


def test_a_lesson_waits_for_its_needs_only(four: Any) -> None:
    one, two, other = four.written()
    assert waits_for(two, [one, two])
    assert not waits_for(other, [two, other])


def test_good_means_every_lesson_asked_for(four: Any) -> None:
    def outcomes(*statuses: Any) -> list[Outcome]:
        return [Outcome(plan=four.lesson("1"), status=status) for status in statuses]

    assert all_good(outcomes("passed", "fresh", "not asked for"))
    assert not all_good(outcomes("passed", "failed"))
    assert not all_good(outcomes("passed", "skipped"))
    assert not all_good(outcomes())
