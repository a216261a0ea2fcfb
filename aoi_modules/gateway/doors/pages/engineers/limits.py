"""The threshold desk: what a threshold would do is seen first, and then a person applies it, with a reason."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.errors import AoiError
from aoi_modules.gateway.doors.access.person import Role, person_of
from aoi_modules.gateway.doors.pages.engineers.trial import Wish, trial, wish_of
from aoi_modules.gateway.doors.pages.shell import Values, shown
from aoi_modules.gateway.doors.shared import gateway_of, line_of
from aoi_modules.gateway.line import Line
from aoi_modules.judging.limits import HeadLimits, LimitsFrom, limits_from, limits_of
from aoi_modules.results.limits import ledger
from aoi_modules.results.limits.setting import Place, Setting
from aoi_modules.results.quality.heads import judging_heads
from aoi_modules.results.quality.scores import evidence
from aoi_modules.results.recorder import Recorder
from aoi_modules.verdict import Limits

STEPS = 200
"""About so many steps has the slider."""


@dataclass(frozen=True)
class InForce:
    """The limits by which the next part is judged.

    Args:
        limits: None where the head judges nothing, or where nobody can say.
        whose: set them.
        detail: why nobody can say; empty where that is known.
    """

    limits: Limits | None
    whose: LimitsFrom | None = None
    detail: str = ""


@dataclass(frozen=True)
class Choice:
    """A component, or a head of one, that can be chosen.

    Args:
        title: as people call it.
        address: of its page.
        chosen: whether the page shows it.
    """

    title: str
    address: str
    chosen: bool


async def get_limits(request: Request) -> Response:
    """GET /limits: the threshold desk of a head."""

    async def gather(recorder: Recorder) -> Values:
        wish = wish_of(request.query_params)
        known = sorted({*gateway_of(request).routes.components, *([wish.component] if wish.component else [])})
        component = wish.component or next(iter(known), "")
        settings = await ledger.history(recorder.database, component)
        places = await _places(recorder, component, settings, wish)
        place = wish.place or next(iter(places), None)
        about = {
            "components": [Choice(name, _address(component=name), name == component) for name in known],
            "heads": [_choice(one, place) for one in places],
            "place": place,
            "may_change": person_of(request).role.allows(Role.ENGINEER),
        }
        return about if place is None else {**about, **await _desk(request, recorder, place, wish, settings)}

    return await shown(request, "limits.html.j2", gather)


async def get_what_if(request: Request) -> Response:
    """GET /limits/what-if: the part of the desk that changes with the threshold that is tried."""

    async def gather(recorder: Recorder) -> Values:
        wish = wish_of(request.query_params)
        place = wish.place
        if place is None:
            return {"trial": None}
        settings = await ledger.history(recorder.database, place.component)
        return await _desk(request, recorder, place, wish, settings)

    return await shown(request, "what_if.html.j2", gather, flush=False)


async def _desk(
    request: Request, recorder: Recorder, place: Place, wish: Wish, settings: Sequence[Setting]
) -> Mapping[str, object]:
    of_head = [setting for setting in settings if setting.place == place]
    found = await evidence(recorder.database, place, gateway_of(request).routes.calendar)
    force = await _in_force(line_of(request), place, of_head, found.limits)
    shown_trial = trial(found, force.limits, wish.limits)
    return {
        "force": force,
        "judged": len(found.judged),
        "since": found.since,
        "trial": shown_trial,
        "step": 10.0 ** math.floor(math.log10((shown_trial.ends[1] - shown_trial.ends[0]) / STEPS * 5)),
        "settings": of_head,
        "newest": of_head[0] if of_head else None,
    }


async def _places(recorder: Recorder, component: str, settings: Sequence[Setting], wish: Wish) -> list[Place]:
    """Heads that judged lately, and those for which somebody set limits."""
    lately = await judging_heads(recorder.database, component)
    wanted = [wish.place] if wish.place else []
    return list(dict.fromkeys([*lately, *(setting.place for setting in settings), *wanted]))


async def _in_force(line: Line, place: Place, settings: Sequence[Setting], newest: Limits | None) -> InForce:
    """Asks the line; where the model server does not answer, what was set, or what judged the newest part."""
    try:
        manifest, held = await line.basis_of(place.component, place.model, place.version)
        head = next((head for head in manifest.heads if head.name == place.head), None)
        if head is None:
            return InForce(newest, detail=f"this version has no head {place.head}")
        given = held.get(place.head, HeadLimits())
        return InForce(limits_of(head, given), limits_from(given))
    except AoiError as error:
        said = settings[0].limits if settings else None
        if said is not None and said.threshold is not None:
            return InForce(Limits(said.threshold, said.review_band), "station")
        return InForce(newest, detail=f"these judged the newest part; now nobody can say, since {error.message}")


def _choice(one: Place, chosen: Place | None) -> Choice:
    named = {name: str(value) for name, value in msgspec.structs.asdict(one).items()}
    return Choice(f"{one.model} {one.version} · {one.head}", _address(**named), one == chosen)


def _address(**named: str) -> str:
    return f"/limits?{urlencode(named)}"
