"""What a run will still take: learnt from its own lessons, never below nothing, and silent where nothing is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.forecast import LEAST_SHARE, Forecast
from aoi_modules.course.running.outcome import Outcome, Status

EXPECTED = {"1": 60.0, "2": 120.0, "3": 30.0}


def plan(lesson_id: str, *needs: str, alone: bool = False) -> LessonPlan:
    return LessonPlan(id=lesson_id, notebook=f"{lesson_id}_x", title="x", needs=needs, alone=alone)


ONE, TWO, THREE, NEW = (plan(name) for name in ("1", "2", "3", "new"))


def ended(lesson_id: str, seconds: float, status: Status = "passed") -> Outcome:
    return Outcome(plan=plan(lesson_id), status=status, seconds=seconds)


def test_a_run_takes_what_its_lessons_take() -> None:
    assert Forecast(EXPECTED).left([ONE, TWO, THREE], {}) == 210.0
    assert Forecast(EXPECTED).left([TWO], {ONE: 20.0}) == 160.0
    assert Forecast(EXPECTED).left([], {}) == 0.0


def test_lessons_beside_each_other_take_no_less_than_the_longest() -> None:
    assert Forecast(EXPECTED, jobs=2).left([ONE, TWO, THREE], {}) == 120.0
    assert Forecast(EXPECTED, jobs=2).left([ONE, THREE], {}) == 60.0
    assert Forecast(EXPECTED, jobs=2).left([THREE], {ONE: 20.0, TWO: 30.0}) == 90.0


def test_lessons_that_wait_for_others_or_run_alone_take_longer() -> None:
    assert Forecast(EXPECTED, jobs=2).left([ONE, plan("2", "1"), THREE], {}) == 180.0
    assert Forecast(EXPECTED, jobs=3).left([ONE, TWO, plan("3", alone=True)], {}) == 150.0


def test_a_slow_machine_is_learnt_from_the_lessons_that_ran() -> None:
    forecast = Forecast(EXPECTED)
    forecast.ended(ended("1", 120.0))
    assert 1.5 < forecast.pace < 2.0
    assert forecast.left([TWO], {}) == pytest.approx(120.0 * forecast.pace)


@pytest.mark.parametrize("status", ["fresh", "failed", "skipped"])
def test_what_did_not_run_to_its_end_teaches_nothing(status: Status) -> None:
    forecast = Forecast(EXPECTED)
    forecast.ended(ended("1", 1.0, status))
    forecast.ended(ended("unknown", 500.0))
    assert forecast.pace == 1.0


def test_nothing_is_said_of_lessons_that_nobody_measured() -> None:
    assert Forecast(EXPECTED).left([ONE, NEW], {}) is None
    assert Forecast(EXPECTED).left([ONE], {NEW: 3.0}) is None
    assert Forecast({}).lesson("1") is None
    assert Forecast(EXPECTED).lesson("1") == 60.0


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_time_passes_and_a_late_lesson_still_takes_some(sooner: float, later: float) -> None:
    sooner, later = sorted((sooner, later))
    first, second = (Forecast(EXPECTED).left([], {ONE: seconds}) for seconds in (sooner, later))
    assert first is not None
    assert second is not None
    assert first >= second >= LEAST_SHARE * 60.0
