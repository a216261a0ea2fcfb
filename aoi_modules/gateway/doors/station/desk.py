"""The threshold desk by HTTP: what limits would do, before anybody sets them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.errors import BadParameter
from aoi_modules.results.database.reading import typed
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality.desk import Change, Effect, changes, curve, effect
from aoi_modules.results.quality.scores import evidence
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import Whole
from aoi_modules.results.recorder import Recorder
from aoi_modules.verdict import Limits

_Score = Annotated[float, Meta(ge=0, le=1)]
NEEDED = ("component", "model", "version", "head")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which head, and which limits for it are thought of."""

    component: str | None = None
    model: str | None = None
    version: Whole | None = None
    head: str | None = None
    threshold: _Score | None = None
    band_from: _Score | None = None
    """Of a review band, with `band_to`."""
    band_to: _Score | None = None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What limits do to the parts of one version."""

    place: Place
    judged: int
    """Parts that people judged, by which all this is estimated."""
    since: datetime | None
    """Since when; null if they are all that there are."""
    in_force: Effect | None
    """Of the limits by which the newest part was judged; null where there is none."""
    wanted: Effect | None
    """Of those that are asked for."""
    changes: Sequence[Change]
    """Which verdicts those would have given to the last parts of the line, judged by people or not."""
    curve: Sequence[Effect]
    """Of thresholds without a band, from the lowest to the highest score that was judged; beyond, nothing is known."""


async def desk(recorder: Recorder, parameters: Mapping[str, str], calendar: Calendar) -> Desk:
    """Tells what limits do.

    Raises:
        BadParameter: a parameter is missing, unknown, or makes no sense.
        DatabaseAway: the database does not answer.
    """
    question = typed(parameters, Question)
    place, limits = _place(question), _limits(question)
    found = await evidence(recorder.database, place, calendar)
    return Desk(
        place=place,
        judged=len(found.judged),
        since=found.since,
        in_force=None if found.limits is None else effect(found.judged, found.strata, found.limits),
        wanted=None if limits is None else effect(found.judged, found.strata, limits),
        changes=[] if limits is None else changes((one.part for one in found.last), limits),
        curve=curve(found.judged, found.strata),
    )


def _place(question: Question) -> Place:
    named = {name: getattr(question, name) for name in NEEDED}
    missing = [name for name, value in named.items() if value is None]
    if missing:
        raise BadParameter(missing[0], expected="a parameter of this name", found="")
    return Place(**named)


def _limits(question: Question) -> Limits | None:
    ends = (question.band_from, question.band_to)
    if question.threshold is None:
        return None
    if (ends[0] is None) is not (ends[1] is None):
        raise BadParameter("band_from, band_to", expected="both of them, or none", found="one")
    try:
        return Limits(question.threshold, None if ends[0] is None or ends[1] is None else (ends[0], ends[1]))
    except ValueError as error:
        raise BadParameter("band_from, band_to", expected="two rising scores", found=str(error)) from None
