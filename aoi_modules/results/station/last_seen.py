"""Checks and unlockings as a gateway saw them last: by which it is locked, with a database and without."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from aoi_modules.errors import StationLocked
from aoi_modules.results.database.connection import Database
from aoi_modules.results.last_seen import Copy, LastSeen
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import now
from aoi_modules.results.station import ledger
from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.results.station.state import NEVER, Events, State, state_of


class ChecksCopy(Copy, frozen=True, kw_only=True):
    """The last check and the last unlocking of each component."""

    numbers: tuple[int, int]
    """Of the newest check and the newest unlocking of all."""
    events: dict[str, Events]


class ChecksSeen(LastSeen[ChecksCopy]):
    """The last checks and unlockings of all components.

    Attributes:
        events: what happened last to each component to which anything did.
    """

    what = "checks"
    in_words = "the checks of the station"
    kind = ChecksCopy
    look_seconds = 0.5
    events: Mapping[str, Events] = MappingProxyType({})

    async def read(self, database: Database, known: ChecksCopy | None, moment: datetime) -> ChecksCopy:
        """Reads them, if there is a newer one than those that are known."""
        numbers = await ledger.last_numbers(database)
        if known is not None and numbers == known.numbers:
            return known
        return ChecksCopy(time=moment, numbers=numbers, events=await ledger.events(database))

    def use(self, copy: ChecksCopy) -> None:
        """Locks by these from now on."""
        self.events = copy.events

    def state(self, component: str, plan: CheckPlan, calendar: Calendar) -> State:
        """How a component stands now."""
        return state_of(plan, self.events.get(component, NEVER), calendar, now())

    def refuse_locked(self, component: str, plan: CheckPlan, calendar: Calendar) -> None:
        """Lets a component pass that is not locked.

        Raises:
            StationLocked: it is.
        """
        state = self.state(component, plan, calendar)
        if state.locked is not None:
            seen = f", as it was seen at {self.away_since:%Y-%m-%d %H:%M:%S} UTC" if self.away_since else ""
            raise StationLocked(component, state.why + seen)
