"""When a lesson counts as good, and a run as a success."""

import pytest

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.outcome import Outcome, Status, all_good

PLAN = LessonPlan(id="1", notebook="01_one", title="One")


def outcomes(*statuses: Status) -> list[Outcome]:
    return [Outcome(plan=PLAN, status=status) for status in statuses]


def test_passed_and_fresh_are_good() -> None:
    states: tuple[Status, ...] = ("passed", "fresh", "failed", "skipped", "not asked for")
    assert [one.good for one in outcomes(*states)] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("statuses", "good"),
    [
        (("passed", "fresh"), True),
        (("passed", "failed"), False),
        (("skipped",), False),
        (("fresh", "not asked for"), True),
        (("not asked for",), False),
        ((), False),
    ],
)
def test_a_run_is_good_when_all_that_was_asked_for_is(statuses: tuple[Status, ...], good: bool) -> None:
    assert all_good(outcomes(*statuses)) is good
