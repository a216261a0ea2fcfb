"""The threshold desk: what another threshold would do, before anybody applies it. Pure.

Judged parts are judged once more by other limits for one head; what the other heads said stays. A part that was judged
by chance stands for as many as in `figures`, so what a threshold lets pass is estimated for all parts, not only for
those that people saw. Where nobody judged at random, the curve is unknown.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from aoi_modules.results.quality.counting import Kind
from aoi_modules.results.quality.figures import Figure, share
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import SEVERITY, Limits, Verdict, judge_part, judge_score

POINTS = 40
"""Thresholds of a curve: at quantiles of the scores, so that each moves about as many parts."""


@dataclass(frozen=True)
class Scored:
    """What is needed to judge a part by other limits.

    Args:
        verdict: that it got.
        score: of the head, in [0, 1]; None if it was no number, so that an operator looks.
        others: the worst verdict of its other heads.
    """

    verdict: Verdict
    score: float | None
    others: Verdict

    def by(self, limits: Limits) -> Verdict:
        """The verdict that other limits would give."""
        own = Verdict.REVIEW if self.score is None else judge_score(self.score, limits)
        return judge_part([own, self.others])


@dataclass(frozen=True)
class Judged:
    """A part of which a person said what it is.

    Args:
        part: as the model judged it.
        kind: its stratum.
        sampled: whether it was judged at random.
        good: what was said.
    """

    part: Scored
    kind: Kind
    sampled: bool
    good: bool


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What limits do."""

    threshold: float
    review_band: tuple[float, float] | None = None
    escape: Figure
    overkill: Figure


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Parts that would have got another verdict."""

    before: Verdict
    after: Verdict
    parts: int


def effect(judged: Sequence[Judged], strata: Mapping[Kind, Stratum], limits: Limits) -> Effect:
    """Estimates what limits do to all parts.

    Args:
        judged: every judged part of these strata.
        strata: all parts, by what those of a stratum have in common.
        limits: of the head.
    """
    return _effect(_Counted(judged), strata, limits)


def _effect(counted: "_Counted", strata: Mapping[Kind, Stratum], limits: Limits) -> Effect:
    found = counted.by(limits)

    def those(verdicts: Iterable[Verdict], *, defective: bool) -> list[Stratum]:
        return [_with_only(stratum, kind, found, set(verdicts), not defective) for kind, stratum in strata.items()]

    def rate(verdict: Verdict, *, defective: bool) -> Figure:
        others = [other for other in Verdict if other is not verdict]
        above, below = those([verdict], defective=defective), those(others, defective=defective)
        return share(list(strata.values()), above, below, defective=defective)

    return Effect(
        threshold=limits.threshold,
        review_band=limits.review_band,
        escape=rate(Verdict.PASS, defective=True),
        overkill=rate(Verdict.FAIL, defective=False),
    )


def curve(judged: Sequence[Judged], strata: Mapping[Kind, Stratum], doubtful: float | None = None) -> list[Effect]:
    """Estimates the effects of thresholds from the lowest to the highest score that was judged.

    Beyond these scores nothing is known, so the curve ends there.

    Args:
        judged, strata: see `effect`.
        doubtful: how far below each threshold its review band begins, which ends there; None for no band.
    """
    scores = [one.part.score for one in judged if one.part.score is not None]
    if not scores:
        return []
    thresholds = np.unique(np.quantile(scores, np.linspace(0, 1, POINTS), method="nearest"))
    counted = _Counted(judged)
    return [_effect(counted, strata, _with_band(float(threshold), doubtful)) for threshold in thresholds]


def _with_band(threshold: float, doubtful: float | None) -> Limits:
    return Limits(threshold, None if doubtful is None else (max(0.0, threshold - doubtful), threshold))


def changes(parts: Iterable[Scored], limits: Limits) -> list[Change]:
    """Counts which verdicts other limits would have given to parts; those that stay as they are first."""
    found = Counter((part.verdict, part.by(limits)) for part in parts)
    rows = sorted(found.items(), key=lambda row: (row[0][0] is not row[0][1], -row[1], row[0]))
    return [Change(before=before, after=after, parts=number) for (before, after), number in rows]


class _Counted:
    """Judged parts as arrays, since a curve judges all of them again for each of its thresholds."""

    def __init__(self, judged: Sequence[Judged]) -> None:
        alike = [(one.kind, one.good, one.sampled) for one in judged]
        self._groups = list(dict.fromkeys(alike))
        places = {group: place for place, group in enumerate(self._groups)}
        self._place = np.array([places[group] for group in alike], dtype=np.intp)  # (N,)
        self._score = np.array([math.nan if one.part.score is None else one.part.score for one in judged])  # (N,)
        self._others = np.array([SEVERITY[one.part.others] for one in judged], dtype=np.intp)  # (N,)

    def by(self, limits: Limits) -> dict[tuple[Kind, Verdict, bool, bool], int]:
        """How many parts get each verdict, by kind, whether they are good and were sampled; as `Scored.by` judges."""
        low, high = limits.review_band or (math.inf, -math.inf)
        doubtful = np.isnan(self._score) | ((self._score >= low) & (self._score <= high))
        own = np.where(self._score > limits.threshold, SEVERITY[Verdict.FAIL], doubtful)
        worst = np.maximum(own, self._others)
        counts = np.bincount(self._place * len(SEVERITY) + worst, minlength=len(self._groups) * len(SEVERITY))
        rows = counts.reshape(-1, len(SEVERITY)).tolist()
        return {
            (kind, verdict, good, sampled): row[severity]
            for (kind, good, sampled), row in zip(self._groups, rows, strict=True)
            for verdict, severity in SEVERITY.items()
        }


def _with_only(
    stratum: Stratum,
    kind: Kind,
    found: Mapping[tuple[Kind, Verdict, bool, bool], int],
    verdicts: set[Verdict],
    good: bool,
) -> Stratum:
    """The stratum with only those of its good, or defective, parts that have one of these new verdicts.

    All other judged parts count as of the other kind, so that the sample stays as large as it was.
    """

    def number(sampled: bool) -> int:
        return sum(found.get((kind, verdict, good, sampled), 0) for verdict in verdicts)

    sampled, asked = number(True), number(False)
    return msgspec.structs.replace(
        stratum,
        sampled_good=sampled if good else stratum.sampled - sampled,
        sampled_defective=stratum.sampled - sampled if good else sampled,
        asked_good=asked if good else stratum.asked - asked,
        asked_defective=stratum.asked - asked if good else asked,
    )
