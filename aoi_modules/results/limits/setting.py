"""One version of the limits of a head, as somebody set it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from aoi_modules.judging.limits import HeadLimits, SetLimits


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What limits are for."""

    component: str
    model: str
    version: int
    head: str


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Who set which limits, when and why."""

    number: int
    """Rises with each setting of the results, whatever it is for."""
    place: Place
    limits: HeadLimits | None
    """None where the station sets none any more, so that manifest and route judge."""
    time: datetime
    who: str
    why: str
    before: int
    """Number of the setting that was in force; 0 for none."""
    takes_back: int | None = None
    """Number of the setting that this one takes back."""

    def in_force(self) -> SetLimits | None:
        """The limits as a head is judged by them."""
        if self.limits is None:
            return None
        return SetLimits(number=self.number, **msgspec.structs.asdict(self.limits))


def by_model(settings: Iterable[Setting]) -> dict[tuple[str, str, int], dict[str, HeadLimits]]:
    """Limits in force by component, model and version, and by head; as an inspection needs them."""
    found: dict[tuple[str, str, int], dict[str, HeadLimits]] = {}
    for setting in settings:
        set_limits = setting.in_force()
        if set_limits is not None:
            place = setting.place
            found.setdefault((place.component, place.model, place.version), {})[place.head] = set_limits
    return found
