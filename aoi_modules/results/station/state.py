"""Whether a component is locked now, and why: from its plan, its last check and its last unlocking. Pure."""

from datetime import UTC, datetime

import msgspec

from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.station.plan import CheckPlan, Reason


class LastCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of the last check of a component."""

    number: int
    time: datetime
    who: str
    passed: bool
    why: str


class Unlocking(msgspec.Struct, frozen=True, kw_only=True):
    """An engineer lets a locked component go on, without a check that passes."""

    number: int = 0
    """Rises with each unlocking of the results; 0 before it is kept."""
    component: str
    time: datetime
    who: str
    why: str


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """What happened last to one component; None for what never did."""

    check: LastCheck | None = None
    unlocking: Unlocking | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How a component stands."""

    due: datetime | None
    """When the next check is due; null where none was ever run."""
    locked: Reason | None = None
    """What locks it; null where it is not locked."""
    why: str = ""
    """Why, in a clause that stays the same for as long as it is locked; empty where it is not."""


NEVER = Events()


def state_of(plan: CheckPlan, events: Events, calendar: Calendar, moment: datetime) -> State:
    """Finds how a component stands.

    A check that ran, whether it passed or not, and an unlocking put off the next check until it is due after them.

    Args:
        plan: of the component.
        events: what happened last to it.
        calendar: of the plant.
        moment: now.
    """
    check, unlocking = events.check, events.unlocking
    times = [one.time for one in (check, unlocking) if one is not None]
    due = plan.due_after(max(times), calendar) if times else None
    unlocked_since = unlocking is not None and (check is None or check.time < unlocking.time)
    if check is not None and not check.passed and not unlocked_since and "failing" in plan.locks:
        return State(due=due, locked="failing", why=f"the check of {_told(check.time)} failed: {check.why}")
    if "missing" in plan.locks:
        if due is None:
            return State(due=None, locked="missing", why="it was never checked")
        if moment >= plan.missing_after(due):
            return State(due=due, locked="missing", why=f"no check was run since one was due at {_told(due)}")
    return State(due=due)


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
