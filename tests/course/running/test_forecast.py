"""What a run will still take: learnt from its own lessons, never below nothing, and silent where nothing is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.forecast import LEAST_SHARE, Forecast
from aoi_modules.course.running.outcome import Outcome, Status

EXPECTED = {"1": 60.0, "2": 120.0, "3": 30.0}


def ended(lesson_id: str, seconds: float, status: Status = "passed") -> Outcome:
    plan = LessonPlan(id=lesson_id, notebook=f"{lesson_id}_x", title="x")
    return Outcome(plan=plan, status=status, seconds=seconds)


def test_a_run_takes_what_its_lessons_take() -> None:
    assert Forecast(EXPECTED).left(["1", "2", "3"], {}) == 210.0
    assert Forecast(EXPECTED).left(["2"], {"1": 20.0}) == 160.0
    assert Forecast(EXPECTED).left([], {}) == 0.0


def test_lessons_beside_each_other_take_no_less_than_the_longest() -> None:
    assert Forecast(EXPECTED, jobs=2).left(["1", "2", "3"], {}) == 120.0
    assert Forecast(EXPECTED, jobs=2).left(["1", "3"], {}) == 60.0


def test_a_slow_machine_is_learnt_from_the_lessons_that_ran() -> None:
    forecast = Forecast(EXPECTED)
    forecast.ended(ended("1", 120.0))
    assert 1.5 < forecast.pace < 2.0
    assert forecast.left(["2"], {}) == pytest.approx(120.0 * forecast.pace)


@pytest.mark.parametrize("status", ["fresh", "failed", "skipped"])
def test_what_did_not_run_to_its_end_teaches_nothing(status: Status) -> None:
    forecast = Forecast(EXPECTED)
    forecast.ended(ended("1", 1.0, status))
    forecast.ended(ended("unknown", 500.0))
    assert forecast.pace == 1.0


def test_nothing_is_said_of_lessons_that_nobody_measured() -> None:
    assert Forecast(EXPECTED).left(["1", "new"], {}) is None
    assert Forecast(EXPECTED).left(["1"], {"new": 3.0}) is None
    assert Forecast({}).lesson("1") is None
    assert Forecast(EXPECTED).lesson("1") == 60.0


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_time_passes_and_a_late_lesson_still_takes_some(sooner: float, later: float) -> None:
    sooner, later = sorted((sooner, later))
    first, second = (Forecast(EXPECTED).left([], {"1": seconds}) for seconds in (sooner, later))
    assert first is not None
    assert second is not None
    assert first >= second >= LEAST_SHARE * 60.0
