"""How often a component's golden parts are checked, and what happens if a check fails or is not run. Pure."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from aoi_modules.results.quality.shifts import Calendar

Reason = Literal["failing", "missing"]
"""Why a component may be locked: its last check failed, or the next one was not run when it was due."""


class CheckPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The checks of one component: `{golden: golden/tile, each_shift: true, grace_minutes: 15}` in YAML.

    Raises:
        ValueError: it does not say how often, or says so twice.
    """

    golden: str
    """Folder of the golden parts, as `aoi station check` finds it from where it is started: see `golden`."""
    every_hours: Annotated[float, Meta(gt=0, le=8784)] | None = None
    """A check is due so long after the one before it."""
    each_shift: bool = False
    """A check is due when a shift of the calendar begins."""
    grace_minutes: Annotated[float, Meta(ge=0, le=1440)] = 0.0
    """So long after it was due a check is not missing yet."""
    locks: tuple[Reason, ...] = ("failing", "missing")
    """What locks the component; nothing, if empty."""
    most_doubtful: Annotated[int, Meta(ge=0)] = 0
    """Golden parts that may be at REVIEW."""
    drift: Annotated[float, Meta(gt=0)] = 0.1
    """The most by which a golden part's score may differ from its mean in the last checks, or from its recorded one."""
    compared: Annotated[int, Meta(ge=1, le=100)] = 5
    """Checks before it with which one is compared: those that passed, by the same version of the model."""

    def __post_init__(self) -> None:
        if (self.every_hours is None) is not self.each_shift:
            raise ValueError("every_hours, each_shift: expected one of them")

    def due_after(self, moment: datetime, calendar: Calendar) -> datetime:
        """When the next check is due, after one at a moment or after an unlocking."""
        if self.every_hours is not None:
            return moment + timedelta(hours=self.every_hours)
        return calendar.next_shift(moment)

    def missing_after(self, due: datetime) -> datetime:
        """When a check that is due is missing."""
        return due + timedelta(minutes=self.grace_minutes)
