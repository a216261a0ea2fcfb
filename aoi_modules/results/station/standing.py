"""How the components of a station stand, for whoever asks."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.station.plan import CheckPlan, Reason
from aoi_modules.results.station.state import NEVER, LastCheck, Unlocking


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one component stands."""

    component: str
    plan: CheckPlan | None
    """Of its checks; null where the routes have none, so that nothing locks it."""
    due: datetime | None
    """When the next check is due; null where there is no plan, or none was ever run."""
    locked: Reason | None
    """What locks it; null where it is inspected."""
    why: str
    """Why it is locked; empty where it is not."""
    check: LastCheck | None
    unlocking: Unlocking | None


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """How the components of this station stand."""

    station: str | None
    """Its name in the routes."""
    components: Sequence[Standing]
    seen: datetime | None
    """When the checks were last read, where the database does not answer now; else null."""


def standing_of(component: str, plan: CheckPlan | None, seen: ChecksSeen, calendar: Calendar) -> Standing:
    """Tells how a component stands now."""
    events = seen.events.get(component, NEVER)
    state = None if plan is None else seen.state(component, plan, calendar)
    return Standing(
        component=component,
        plan=plan,
        due=None if state is None else state.due,
        locked=None if state is None else state.locked,
        why="" if state is None else state.why,
        check=events.check,
        unlocking=events.unlocking,
    )
