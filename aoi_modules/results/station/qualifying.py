"""Qualifying a station: every golden part several times, and what that proves about it."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from aoi_modules.errors import DataError
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.judging.limits import LimitsFrom
from aoi_modules.results.quality.agreement import ShownPart, Study, bound_of_no_misses, study
from aoi_modules.results.record import now
from aoi_modules.results.station.door import Door
from aoi_modules.results.station.golden import GoldenSet
from aoi_modules.results.station.running import picture_of
from aoi_modules.verdict import Verdict

JUDGE = "station"
"""The name of the one judge of the study."""


class HeldLimits(msgspec.Struct, frozen=True, kw_only=True):
    """By which limits a head judged all the time."""

    head: str
    threshold: float | None
    review_band: tuple[float, float] | None
    limits_from: LimitsFrom | None
    limits_number: int | None


class QualifiedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about a golden part."""

    part: str
    defective: bool
    sha256: str
    """Of its picture."""
    verdicts: tuple[Verdict, ...]
    """In the order of the trials."""
    lowest: dict[str, float]
    """By head, the lowest score of all trials."""
    highest: dict[str, float]
    inspections: tuple[str, ...]
    """By id, for whoever looks them up."""


class Qualification(msgspec.Struct, frozen=True, kw_only=True):
    """What a study of a station found."""

    component: str
    station: str | None
    begun: datetime
    ended: datetime
    who: str
    gateway: str
    """Its address."""
    model: ModelVersion
    limits: tuple[HeldLimits, ...]
    golden: str
    """SHA-256 of the golden set."""
    folder: str
    """Of the golden set."""
    study: Study
    bound: float | None
    """The miss rate that is not exceeded, at 95%, by evidence of the defective parts; null where one was missed."""
    parts: tuple[QualifiedPart, ...]


def qualify(
    door: Door,
    component: str,
    golden: GoldenSet,
    trials: int,
    *,
    who: str,
    url: str,
    luck: random.Random,
    advance: Callable[[int], object] = lambda _: None,
) -> Qualification:
    """Sends each golden part several times, in another order each time, and computes what that proves.

    Args:
        door: of the gateway.
        component: that is looked at.
        golden: its golden set.
        trials: times that each part is sent; at least 2.
        who: does it.
        url: of the gateway, for the report.
        luck: deals the order.
        advance: learns of each picture that was inspected.

    Raises:
        DataError: model or limits changed meanwhile, or no version of a model judged.
        AoiError: a part got no verdict.
    """
    begun, station = now(), door.station().station
    said: dict[str, list[Inspection]] = defaultdict(list)
    for _ in range(trials):
        for part in luck.sample(golden.parts, len(golden.parts)):
            said[part.part].append(door.inspect(component, picture_of(part)))
            advance(1)
    model, limits = _one_judge([one for inspections in said.values() for one in inspections])
    shown = [
        ShownPart(part=part.part, defective=part.defective, calls={JUDGE: _verdicts(said[part.part])})
        for part in golden.parts
    ]
    found = study(shown)
    return Qualification(
        component=component,
        station=station,
        begun=begun,
        ended=now(),
        who=who,
        gateway=url,
        model=model,
        limits=limits,
        golden=golden.sha256,
        folder=str(golden.folder),
        study=found,
        bound=None if found.judges[0].misses.count else bound_of_no_misses(found.defective),
        parts=tuple(
            QualifiedPart(
                part=part.part,
                defective=part.defective,
                sha256=part.sha256,
                verdicts=_verdicts(said[part.part]),
                lowest=_scores(said[part.part], min),
                highest=_scores(said[part.part], max),
                inspections=tuple(one.id for one in said[part.part]),
            )
            for part in golden.parts
        ),
    )


def _one_judge(inspections: Sequence[Inspection]) -> tuple[ModelVersion, tuple[HeldLimits, ...]]:
    """The version and the limits of all inspections."""
    judges = {(one.model, tuple(_held(head) for head in one.heads)) for one in inspections}
    if len(judges) > 1:
        raise DataError(
            f"the pictures were judged by {len(judges)} versions of model or limits, so this is no study",
            hint="run it again while nobody changes them",
        )
    (found,) = judges
    return found


def _held(head: HeadResult) -> HeldLimits:
    return HeldLimits(
        head=head.name,
        threshold=head.threshold,
        review_band=head.review_band,
        limits_from=head.limits_from,
        limits_number=head.limits_number,
    )


def _verdicts(inspections: Sequence[Inspection]) -> tuple[Verdict, ...]:
    return tuple(one.verdict for one in inspections)


def _scores(inspections: Sequence[Inspection], of: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """By head, the lowest or the highest score that is a number."""
    scores: dict[str, list[float]] = defaultdict(list)
    for inspection in inspections:
        for head in inspection.heads:
            if head.score is not None:
                scores[head.name].append(head.score)
    return {head: of(found) for head, found in scores.items()}
