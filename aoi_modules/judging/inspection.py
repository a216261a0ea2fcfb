"""Scores + manifest + the limits in force -> an inspection: what each head says, and the verdict of the part. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import numpy as np

from aoi_modules.errors import WireError
from aoi_modules.judging.defect_score import defect_scores
from aoi_modules.judging.limits import HeadLimits, LimitsFrom, SetLimits, check_fit, good_labels, limits_from, limits_of
from aoi_modules.judging.regions import Region, find_region
from aoi_modules.modelstore.layout import map_name
from aoi_modules.modelstore.manifest import Head, HeadKind, Manifest
from aoi_modules.verdict import Limits, Verdict, judge_part, judge_score
from aoi_modules.wire.tensors import Array


class HeadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one head says about one picture.

    A score that is no finite number is null, and its verdict REVIEW: an operator looks.
    """

    name: str
    kind: HeadKind
    label: str | None
    """What the score is about. `defect`: the defect. `value`: None. `class`: the likeliest label; of a head that judges
    the likeliest that fits its verdict, a good one for PASS, a defect for FAIL."""
    score: float | None
    """What is judged, or, of a head that judges nothing, the likeliest label's probability or the value."""
    scores: dict[str, float | None] | None
    """`class` heads: the probability of each label."""
    threshold: float | None
    review_band: tuple[float, float] | None
    verdict: Verdict | None
    """None for a head that judges nothing."""
    limits_from: LimitsFrom | None = None
    """Who set threshold and band; null for a head that judges nothing."""
    limits_number: int | None = None
    """Of limits that people at the station set: by which it is known who, when and why; else null."""
    region: Region | None = None
    """Where the defect is, of a head with a map that does not let the part pass; else None."""


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The model that answered, and its version; null where the protocol did not tell it, as REST does not."""

    name: str
    version: int | None


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict of a part and what led to it: what the gateway sends, and what its clients read."""

    component: str
    verdict: Verdict
    """The worst of the heads' verdicts; REVIEW if no head judges."""
    model: ModelVersion
    heads: tuple[HeadResult, ...]
    reason: str = ""
    """Why an operator has to look though no model answered; else empty."""
    canary: bool = False
    """Whether the route's canary answered."""
    check: bool = False
    """Whether the picture is one of a check of the station: the verdict is about the station, and about no part."""
    id: str = ""
    """By which the results know the inspection; empty where it was not kept."""
    repeated: bool = False
    """Whether this is the recorded answer to a picture that was sent before."""
    limits_seen: datetime | None = None
    """When the limits of the station were last read, where the database does not answer now; else null."""
    request_id: str = ""
    """By which the gateway's log knows the request; empty where no gateway was asked."""
    elapsed_ms: float | None = None
    """From the arrival of the request to its verdict; null where no gateway was asked."""

    @property
    def is_judged(self) -> bool:
        """Whether REVIEW is about this part. If no head judges, it is about all of the model."""
        return bool(self.reason) or any(head.verdict is not None for head in self.heads)


def judge(
    scores: Mapping[str, Array],
    manifest: Manifest | None,
    limits: Mapping[str, HeadLimits],
    *,
    component: str,
    model: ModelVersion,
) -> Inspection:
    """Judges one part.

    Args:
        scores: output of each head for the part's picture, float (1, K).
        manifest: of the version that answered; None if the model carries none, then the given limits alone judge.
        limits: by head, which win over the manifest's.
        component: name of the part's component.
        model: that gave the scores.

    Raises:
        RouteError: the limits are about a head or label that the model has not.
        WireError: an output is missing or has another shape than its head.
    """
    heads = manifest.heads if manifest is not None else heads_without_manifest(scores, limits)
    check_fit(heads, limits)
    results = tuple(
        with_region(judge_head(head, _values(scores, head.name), limits.get(head.name, HeadLimits())), head, scores)
        for head in heads
    )
    verdict = judge_part(result.verdict for result in results if result.verdict is not None)
    return Inspection(component=component, verdict=verdict, model=model, heads=results)


def judge_head(head: Head, values: Sequence[float], route: HeadLimits) -> HeadResult:
    """Judges what one head says.

    Args:
        head: from the manifest.
        values: float (K,), its output for one picture.
        route: the gateway's limits for it.

    Raises:
        RouteError: the route names a label that the head has not, or wants a judgement without a threshold.
        WireError: the output has another size than the head.
    """
    expected = len(head.labels) if head.kind == "class" else 1
    if len(values) != expected:
        raise WireError(
            f"head {head.name} ({head.kind}): expected {expected} values a picture. Received: {len(values)}"
        )
    limits = limits_of(head, route)
    good = good_labels(head, route) if limits else ()
    score = _score(head, values, good)
    verdict = _verdict(score, values, limits)
    return HeadResult(
        name=head.name,
        kind=head.kind,
        label=_label(head, values, good, verdict),
        score=_finite(score),
        scores=_by_label(head, values),
        threshold=limits.threshold if limits else None,
        review_band=limits.review_band if limits else None,
        verdict=verdict,
        limits_from=limits_from(route) if limits else None,
        limits_number=route.number if isinstance(route, SetLimits) else None,
    )


def with_region(result: HeadResult, head: Head, scores: Mapping[str, Array]) -> HeadResult:
    """Adds where the defect is, if the head has a map and does not let the part pass.

    Args:
        result: what the head says about a picture.
        head: from the manifest.
        scores: all outputs for that picture, the map among them, float (1, rows, columns).

    Raises:
        WireError: the map is missing or has another shape.
    """
    if head.map is None or result.threshold is None or result.verdict in (None, Verdict.PASS):
        return result
    name = map_name(head.name)
    if name not in scores or not len(scores[name]):
        raise WireError(f"head {head.name}: the model's answer has no map {name}; it has: {', '.join(sorted(scores))}")
    doubtful = result.review_band if result.verdict is Verdict.REVIEW else None
    limit = result.threshold if doubtful is None else math.nextafter(doubtful[0], -1.0)  # its ends belong to the band
    region = find_region(scores[name][0], head.map, limit, head=head.name)
    return msgspec.structs.replace(result, region=region)


def heads_without_manifest(scores: Mapping[str, Array], route: Mapping[str, HeadLimits]) -> tuple[Head, ...]:
    """Makes up the heads of a model that carries no manifest: what the route judges is a defect, all else is only told.

    Args:
        scores: output of each head, float (N, K) or (N,).
        route: the gateway's limits by head.
    """
    heads = []
    for name in sorted(scores.keys() - {map_name(head) for head in scores}):
        width = scores[name].shape[-1] if scores[name].ndim == 2 else 1
        kind: HeadKind = "class" if width > 1 else "defect" if name in route else "value"
        labels = tuple(map(str, range(width))) if kind == "class" else (name,) if kind == "defect" else ()
        heads.append(Head(name=name, kind=kind, labels=labels))
    return tuple(heads)


def _values(scores: Mapping[str, Array], name: str) -> list[float]:
    if name not in scores:
        raise WireError(f"head {name}: the model's answer has no such output; it has: {', '.join(sorted(scores))}")
    output = scores[name]
    if output.ndim not in (1, 2) or output.dtype.kind not in "fiu" or not len(output):
        raise WireError(f"head {name}: expected numbers (N, K). Received: {output.dtype} {output.shape}")
    numbers = output[0].tolist()  # numpy's own numbers, one by one, take three times as long
    return [float(number) for number in (numbers if output.ndim == 2 else [numbers])]


def _score(head: Head, values: Sequence[float], good: Sequence[str]) -> float:
    """What is judged; of a class head that judges nothing, the likeliest label's probability."""
    if head.kind == "class" and not good:
        return values[_likeliest(values, range(len(values)))]
    if head.kind != "class":
        return values[0]  # as `defect_scores`, without an array for one number
    return float(defect_scores(head, np.array([values]), good)[0])


def _label(head: Head, values: Sequence[float], good: Sequence[str], verdict: Verdict | None) -> str | None:
    """A defect head's last label names the defect; the one before it, if any, names good parts.

    A part that fails at one percent was most likely good, and yet the operator asks what may be wrong with it.
    """
    if head.kind != "class":
        return head.labels[-1] if head.labels else None
    places: Sequence[int] = range(len(values))
    if good and verdict in (Verdict.PASS, Verdict.FAIL):
        places = [place for place in places if (head.labels[place] in good) is (verdict is Verdict.PASS)] or places
    return head.labels[_likeliest(values, places)]


def _likeliest(values: Sequence[float], places: Sequence[int]) -> int:
    """The place of the highest value that is a number; the first where none is."""
    numbers = [place for place in places if not math.isnan(values[place])]
    return max(numbers, key=values.__getitem__, default=places[0])


def _by_label(head: Head, values: Sequence[float]) -> dict[str, float | None] | None:
    if head.kind != "class":
        return None
    return {label: _finite(value) for label, value in zip(head.labels, values, strict=True)}


def _verdict(score: float, values: Sequence[float], limits: Limits | None) -> Verdict | None:
    """A head whose output is no number is broken whether it judges or not: nobody's judgement, so an operator looks."""
    if not math.isfinite(score) or not all(map(math.isfinite, values)):
        return Verdict.REVIEW
    return judge_score(score, limits) if limits else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
