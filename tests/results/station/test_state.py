"""Whether a component is locked follows from its plan and what happened last, whatever the order of events."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.station.plan import CheckPlan, Reason
from aoi_modules.results.station.state import NEVER, Events, LastCheck, Unlocking, state_of

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
CALENDAR = Calendar()
PLAN = CheckPlan(golden="g", every_hours=8, grace_minutes=30)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def check(hours: float, *, passed: bool) -> LastCheck:
    return LastCheck(number=1, time=at(hours), who="Ada", passed=passed, why="" if passed else "1 part passed: a.png")


def unlocking(hours: float) -> Unlocking:
    return Unlocking(number=1, component="tile", time=at(hours), who="Grace", why="the lamp was changed")


def locked(events: Events, hours: float, plan: CheckPlan = PLAN) -> Reason | None:
    return state_of(plan, events, CALENDAR, at(hours)).locked


def test_a_check_that_passed_holds_until_the_next_one_is_missing() -> None:
    events = Events(check=check(0, passed=True))
    assert [locked(events, hours) for hours in (0, 8, 8.4, 8.5)] == [None, None, None, "missing"]


def test_a_check_that_failed_locks_until_somebody_unlocks_and_then_until_the_next_is_missing() -> None:
    assert locked(Events(check=check(0, passed=False)), 0) == "failing"
    eased = Events(check=check(0, passed=False), unlocking=unlocking(1))
    assert [locked(eased, hours) for hours in (1, 9.4, 9.5)] == [None, None, "missing"]
    assert locked(Events(check=check(2, passed=False), unlocking=unlocking(1)), 2) == "failing"


def test_what_was_never_checked_is_locked() -> None:
    never = state_of(PLAN, NEVER, CALENDAR, START)
    assert (never.locked, never.why, never.due) == ("missing", "it was never checked", None)


def test_a_plan_locks_by_what_it_names_alone() -> None:
    failing, missing, nothing = (
        CheckPlan(golden="g", every_hours=8, locks=locks) for locks in (("failing",), ("missing",), ())
    )
    failed = Events(check=check(0, passed=False))
    assert [locked(failed, 0, plan) for plan in (failing, missing, nothing)] == ["failing", None, None]
    assert [locked(failed, 100, plan) for plan in (failing, missing, nothing)] == ["failing", "missing", None]
    assert [locked(NEVER, 0, plan) for plan in (failing, missing, nothing)] == [None, "missing", None]


def test_the_reason_stays_the_same_while_it_is_locked() -> None:
    events = Events(check=check(0, passed=True))
    assert len({state_of(PLAN, events, CALENDAR, at(hours)).why for hours in (9, 10, 500)}) == 1
    assert "2026-03-02 14:00 UTC" in state_of(PLAN, events, CALENDAR, at(9)).why


@given(st.booleans(), st.floats(0, 50), st.floats(0, 50), st.floats(0, 200))
def test_a_later_check_that_passes_always_unlocks(passed: bool, first: float, eased: float, later: float) -> None:
    before = Events(check=check(first, passed=passed), unlocking=unlocking(eased))
    moment = max(first, eased) + later
    after = Events(check=check(moment, passed=True), unlocking=before.unlocking)
    assert locked(after, moment) is None
