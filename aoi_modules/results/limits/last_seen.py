"""The limits in force as a gateway saw them last: those it judges by while the database is away."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.last_seen import Copy, LastSeen
from aoi_modules.results.limits.ledger import in_force, last_number
from aoi_modules.results.limits.setting import Setting, by_model

_NONE: Mapping[str, HeadLimits] = MappingProxyType({})


class LimitsCopy(Copy, frozen=True, kw_only=True):
    """Limits in force."""

    settings: tuple[Setting, ...]


class LimitsSeen(LastSeen[LimitsCopy]):
    """The limits in force."""

    what = "limits"
    in_words = "the limits that people set"
    kind = LimitsCopy
    _limits: Mapping[tuple[str, str, int], Mapping[str, HeadLimits]] = MappingProxyType({})

    async def read(self, database: Database, known: LimitsCopy | None, moment: datetime) -> LimitsCopy:
        """Reads them, if there is a newer one than those that are known."""
        number = await last_number(database)
        if known is not None and number == max((one.number for one in known.settings), default=0):
            return known
        return LimitsCopy(time=moment, settings=tuple(await in_force(database)))

    def use(self, copy: LimitsCopy) -> None:
        """Judges by these from now on."""
        self._limits = by_model(copy.settings)

    def of(self, component: str, model: str, version: int | None) -> Mapping[str, HeadLimits]:
        """The limits by head that people set for a version of a model; none for a version that nobody knows."""
        return _NONE if version is None else self._limits.get((component, model, version), _NONE)
