"""Scores + manifest + the route's limits -> an inspection: what each head says, and the verdict of the part. Pure."""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from aoi_modules.errors import RouteError, WireError
from aoi_modules.modelstore.manifest import Head, HeadKind, Manifest
from aoi_modules.verdict import Limits, Verdict, judge_part, judge_score
from aoi_modules.wire.tensors import Array


class HeadLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one head judges where it is used. What is left out comes from the model's manifest."""

    threshold: float | None = None
    """A score over it fails the part; in [0, 1]."""
    review_band: tuple[float, float] | None = None
    """Scores from the first to the second go to an operator."""
    good: tuple[str, ...] = ()
    """For class heads: the labels of good parts. The score is then 1 - the sum of their probabilities."""

    def __post_init__(self) -> None:
        Limits(1.0 if self.threshold is None else self.threshold, self.review_band)


class HeadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one head says about one picture.

    A score that is no finite number is null, and its verdict REVIEW: an operator looks.
    """

    name: str
    kind: HeadKind
    label: str | None
    """What the score is about. `class`: the likeliest label. `defect`: the defect. `value`: None."""
    score: float | None
    """What is judged, or, of a head that judges nothing, the likeliest label's probability or the value."""
    scores: dict[str, float | None] | None
    """`class` heads: the probability of each label."""
    threshold: float | None
    review_band: tuple[float, float] | None
    verdict: Verdict | None
    """None for a head that judges nothing."""


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict of a part and what led to it."""

    verdict: Verdict
    heads: tuple[HeadResult, ...]


def inspect(
    scores: Mapping[str, Array], manifest: Manifest | None, route: Mapping[str, HeadLimits], index: int = 0
) -> Inspection:
    """Judges one picture.

    Args:
        scores: output of each head, float (N, K).
        manifest: of the version that answered; None if the model carries none, then the route's limits alone judge.
        route: the gateway's own limits by head, which win over the manifest's.
        index: which of the N pictures.

    Raises:
        RouteError: the route judges by a head or label that the model has not.
        WireError: an output is missing or has another shape than its head.
    """
    heads = manifest.heads if manifest is not None else heads_without_manifest(scores, route)
    check_fit(heads, route)
    results = tuple(
        judge_head(head, _row(scores, head.name, index), route.get(head.name, HeadLimits())) for head in heads
    )
    verdict = judge_part(result.verdict for result in results if result.verdict is not None)
    return Inspection(verdict=verdict, heads=results)


def check_fit(heads: Sequence[Head], route: Mapping[str, HeadLimits]) -> None:
    """Makes sure that a route judges only by what the model has: a limit that nobody applies lets defects escape.

    Raises:
        RouteError: it does not.
    """
    known = {head.name: head for head in heads}
    for name, limits in route.items():
        if name not in known:
            raise RouteError(f"the route has limits for a head {name!r}; the model has: {', '.join(known)}")
        limits_of(known[name], limits)


def judge_head(head: Head, values: Sequence[float], route: HeadLimits) -> HeadResult:
    """What one head says.

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
    likeliest = int(np.nanargmax(values)) if any(not math.isnan(value) for value in values) else 0
    score = values[likeliest]
    if head.kind == "class" and route.good:
        score = 1.0 - sum(value for label, value in zip(head.labels, values, strict=True) if label in route.good)
    return HeadResult(
        name=head.name,
        kind=head.kind,
        label=_label(head, likeliest),
        score=_finite(score),
        scores=_by_label(head, values),
        threshold=limits.threshold if limits else None,
        review_band=limits.review_band if limits else None,
        verdict=_verdict(score, values, limits),
    )


def limits_of(head: Head, route: HeadLimits) -> Limits | None:
    """The limits by which a head judges; None for a head that judges nothing.

    A threshold of the route comes with the route's review band, because the manifest's band belongs to the
    manifest's threshold.

    Raises:
        RouteError: the route wants a judgement that this head cannot give.
    """
    unknown = [label for label in route.good if label not in head.labels]
    if unknown:
        raise RouteError(f"head {head.name}: no labels {unknown}; it has: {', '.join(head.labels)}")
    if head.kind == "value" or (head.kind == "class" and not route.good):
        if route != HeadLimits():
            need = "`good: [LABEL, ...]`" if head.kind == "class" else "no limits: a value is only told"
            raise RouteError(f"head {head.name} is of kind {head.kind}, which needs {need}")
        return None
    if route.threshold is not None:
        return Limits(route.threshold, route.review_band)
    if head.threshold is None:
        if route != HeadLimits():
            raise RouteError(f"head {head.name}: neither the route nor the model's manifest gives a threshold")
        return None
    return Limits(head.threshold, route.review_band or head.review_band)


def heads_without_manifest(scores: Mapping[str, Array], route: Mapping[str, HeadLimits]) -> tuple[Head, ...]:
    """Heads of a model that carries no manifest: what the route judges is a defect, all else is only told."""
    heads = []
    for name in sorted(scores):
        width = scores[name].shape[-1] if scores[name].ndim == 2 else 1
        kind: HeadKind = "class" if width > 1 else "defect" if name in route else "value"
        labels = tuple(map(str, range(width))) if kind == "class" else (name,) if kind == "defect" else ()
        heads.append(Head(name=name, kind=kind, labels=labels))
    return tuple(heads)


def _row(scores: Mapping[str, Array], name: str, index: int) -> list[float]:
    if name not in scores:
        raise WireError(f"head {name}: the model's answer has no such output; it has: {', '.join(sorted(scores))}")
    output = scores[name]
    if output.ndim not in (1, 2) or output.dtype.kind not in "fiu" or index >= len(output):
        raise WireError(f"head {name}: expected numbers (N, K). Received: {output.dtype} {output.shape}")
    return [float(value) for value in np.atleast_1d(output[index])]


def _label(head: Head, likeliest: int) -> str | None:
    """A defect head's last label names the defect; the one before it, if any, names good parts."""
    if not head.labels:
        return None
    return head.labels[likeliest] if head.kind == "class" else head.labels[-1]


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
