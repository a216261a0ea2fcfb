"""By which limits an inspection is judged: those of the route, and over them those that people set at the station."""

from collections.abc import Mapping
from datetime import datetime

from aoi_modules.gateway.routes import Route
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.limits.last_seen import LimitsSeen


class Limits:
    """The limits that hold now.

    Args:
        at_station: set by people; None where nothing is recorded, so that nobody can set any.
    """

    def __init__(self, at_station: LimitsSeen | None = None) -> None:
        self._at_station = at_station

    def of(self, component: str, route: Route, model: str, version: int | None) -> Mapping[str, HeadLimits]:
        """The limits by head for the version of a model that answered; a head without any is judged by its manifest."""
        routed = route.limits_of(version)
        return routed if self._at_station is None else {**routed, **self._at_station.of(component, model, version)}

    @property
    def away_since(self) -> datetime | None:
        """When those of the station were last read, if the database does not answer now; else None."""
        return None if self._at_station is None else self._at_station.away_since
