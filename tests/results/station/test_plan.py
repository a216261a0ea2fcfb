"""When a check is due, and when it is missing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.station.plan import CheckPlan

CALENDAR = Calendar(time_zone="Europe/Berlin", shifts={"early": "06:00", "late": "14:00"})
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # 13 o'clock in Berlin


def test_a_check_is_due_so_long_after_the_last_one_or_when_a_shift_begins() -> None:
    assert CheckPlan(golden="g", every_hours=1.5).due_after(NOON, CALENDAR) == NOON + timedelta(hours=1.5)
    shifts = CheckPlan(golden="g", each_shift=True)
    assert shifts.due_after(NOON, CALENDAR) == NOON + timedelta(hours=1)
    assert shifts.due_after(NOON + timedelta(hours=1), CALENDAR) == datetime(2026, 3, 3, 5, tzinfo=UTC)


def test_a_check_is_missing_when_its_grace_is_over() -> None:
    plan = CheckPlan(golden="g", each_shift=True, grace_minutes=15)
    assert plan.missing_after(NOON) == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "every_hours, each_shift: expected one of them"),
        ({"every_hours": 8, "each_shift": True}, "every_hours, each_shift: expected one of them"),
        ({"every_hours": 0}, "float"),
        ({"every_hours": 8, "locks": ["late"]}, "late"),
        ({"every_hours": 8, "golden_set": "g"}, "golden_set"),
    ],
)
def test_what_is_no_plan_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert({"golden": "g", **wrong}, CheckPlan)
