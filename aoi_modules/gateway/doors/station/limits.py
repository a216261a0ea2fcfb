"""Limits that people set, by HTTP."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request

from aoi_modules.errors import BadParameter, RouteError
from aoi_modules.gateway.doors.access.person import who_of
from aoi_modules.gateway.doors.station.bodies import read_json
from aoi_modules.gateway.line import Line
from aoi_modules.judging.limits import HeadLimits, check_fit
from aoi_modules.results.limits import ledger
from aoi_modules.results.limits.setting import Place, Setting
from aoi_modules.results.record import Whole
from aoi_modules.results.recorder import Recorder

Score = Annotated[float, Meta(ge=0, le=1)]
Why = Annotated[str, Meta(min_length=1, max_length=2000)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits for a head of one version of a model."""

    component: str
    model: str
    version: Whole
    head: str
    threshold: Score
    review_band: tuple[Score, Score] | None = None
    good: tuple[str, ...] = ()
    """Of a class head: the labels of good parts; left out, they stay as they are."""
    who: str | None = None
    """Who changes them; left out by whoever is signed in."""
    why: Why
    seen: int
    """`limits_number` of the head as GET /v1/components told it; 0 for limits that the station did not set."""


class Back(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes a setting back, and why."""

    who: str | None = None
    """Left out by whoever is signed in."""
    why: Why


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits that people set, the newest first."""

    settings: Sequence[Setting]


async def history(recorder: Recorder, parameters: Mapping[str, str]) -> Settings:
    """Tells all settings, of one component or of all."""
    unknown = sorted(parameters.keys() - {"component"})
    if unknown:
        raise BadParameter(unknown[0][:40], expected="component", found=parameters[unknown[0]][:40])
    return Settings(settings=await ledger.history(recorder.database, parameters.get("component")))


async def apply(recorder: Recorder, line: Line, request: Request, timeout_ms: int) -> Setting:
    """Sets limits; the next part of this gateway is judged by them.

    Raises:
        BadParameter: the model has no such head, or they do not fit it.
        UnknownComponent, RpcError: nobody can say whether they fit.
        Taken: others were set meanwhile.
    """
    wanted = await read_json(request, Wanted, timeout_ms)
    who = who_of(request, wanted.who)
    manifest, held = await line.basis_of(wanted.component, wanted.model, wanted.version)
    good = wanted.good or held.get(wanted.head, HeadLimits()).good
    limits = HeadLimits(threshold=wanted.threshold, review_band=wanted.review_band, good=good)
    try:
        check_fit(manifest.heads, {wanted.head: limits})
    except RouteError as error:
        raise BadParameter("head", expected=f"limits that fit ({error.message})", found=wanted.head[:40]) from None
    place = Place(component=wanted.component, model=wanted.model, version=wanted.version, head=wanted.head)
    setting = await ledger.set_limits(recorder.database, place, limits, who=who, why=wanted.why, seen=wanted.seen)
    await _look(recorder)
    return setting


async def take_back(recorder: Recorder, request: Request, timeout_ms: int) -> Setting:
    """Takes the setting in force back; the one before it holds again."""
    back = await read_json(request, Back, timeout_ms)
    number = request.path_params["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise BadParameter("number", expected="the number of a setting", found=number[:40])
    setting = await ledger.take_back(recorder.database, int(number), who=who_of(request, back.who), why=back.why)
    await _look(recorder)
    return setting


async def _look(recorder: Recorder) -> None:
    if recorder.limits is not None:
        await recorder.limits.look()
