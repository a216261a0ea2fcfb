"""Stations and models: who answers about which component, by which limits, and whether all is well."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.access.person import person_of
from aoi_modules.gateway.doors.access.rights import RIGHTS
from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.gateway.doors.shared import gateway_of, line_of
from aoi_modules.gateway.doors.station import checks
from aoi_modules.gateway.doors.station.components import Component, Pictures, components_of
from aoi_modules.gateway.routes import Variant
from aoi_modules.modelstore.reference import FEWEST
from aoi_modules.results.limits import ledger
from aoi_modules.results.limits.setting import Place, Setting
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review import queue
from aoi_modules.results.review.queue import Waiting
from aoi_modules.results.station.standing import Standing

FAR = 3.0
"""Standard deviations of drift from which on the page warns."""


@dataclass(frozen=True)
class Card:
    """A component, as the page shows it.

    Args:
        about: what route and model servers say.
        canary, shadow: the other models, in words; empty for none.
        waiting: what waits for people.
        settings: who set the limits of a head, by its name; only those in force.
        optics: how bright and sharp the pictures are, in words.
        drifted: whether that is far from what the model learnt from.
        standing: how its checks with golden parts stand.
    """

    about: Component
    canary: str
    shadow: str
    waiting: Sequence[Waiting]
    settings: dict[str, Setting]
    optics: str
    drifted: bool
    standing: Standing

    @property
    def troubled(self) -> int:
        """Servers that do not answer."""
        return sum(not server.available for server in self.about.servers)


async def get_stations(request: Request) -> Response:
    """GET /stations: each component with its models, servers, limits and pictures, and what waits for people."""

    async def gather(recorder: Recorder) -> Values:
        line = line_of(request)
        states, waiting, settings = await asyncio.gather(
            line.states(), queue.waiting(recorder.database), ledger.in_force(recorder.database)
        )
        by_place = {setting.place: setting for setting in settings if setting.limits is not None}
        told = components_of(states, line.optics.view).components
        checked = await checks.station(recorder, gateway_of(request).routes)
        standings = {standing.component: standing for standing in checked.components}
        return {
            "cards": [_card(one, waiting, by_place, standings[one.component]) for one in told],
            "total": _by_reason(waiting),
            "may_unlock": RIGHTS["POST /v1/station/unlock"].given_to(person_of(request).role),
            "others": [one for one in waiting if one.component not in states],
            "station": gateway_of(request).routes.station,
            "away_since": None if recorder.limits is None else recorder.limits.away_since,
        }

    return await shown(request, "stations.html.j2", gather, flush=False)


def _by_reason(waiting: Sequence[Waiting]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in waiting:
        total[one.reason] += one.parts
    return total


def _card(about: Component, waiting: Sequence[Waiting], settings: dict[Place, Setting], standing: Standing) -> Card:
    version = about.model.version or 0
    places = {
        head.name: Place(component=about.component, model=about.model.name, version=version, head=head.name)
        for head in about.heads
    }
    drift = about.pictures.drift
    return Card(
        about=about,
        canary=_canary(about),
        shadow="" if about.shadow is None else _variant(about, about.shadow),
        waiting=[one for one in waiting if one.component == about.component],
        settings={name: settings[place] for name, place in places.items() if place in settings},
        optics=in_words(about.pictures),
        drifted=drift is not None and max(abs(drift.brightness), abs(drift.sharpness)) >= FAR,
        standing=standing,
    )


def _canary(about: Component) -> str:
    canary = about.canary
    return "" if canary is None else f"{_variant(about, canary)} for {100 * canary.share:.3g}% of the units"


def _variant(about: Component, other: Variant) -> str:
    labelled = f", label {other.label}" if other.label else ", its newest version"
    return f"{other.model or about.model.name}{f' {other.version}' if other.version else labelled}"


def in_words(pictures: Pictures) -> str:
    """How bright and sharp the line's pictures are, beside those that the model learnt from."""
    if pictures.present is None:
        return "no picture was measured yet"
    if pictures.drift is not None:
        return (
            f"{_sense(pictures.drift.brightness, 'brighter', 'darker')} and "
            f"{_sense(pictures.drift.sharpness, 'sharper', 'less sharp')} than what the model learnt from, "
            f"over the last {pictures.present.pictures} pictures"
        )
    if pictures.reference is None:
        return "the model does not say what its pictures were like, so drift is unknown"
    return f"{pictures.present.pictures} pictures were measured; drift is told from {FEWEST} on"


def _sense(deviations: float, more: str, less: str) -> str:
    return f"{abs(deviations):.1f} deviations {more if deviations >= 0 else less}"
