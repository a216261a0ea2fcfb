"""Chooses the threshold of a defect head for an escape rate, and tells how sure one may be of it.

Validation pictures with defects are rare, so a threshold is an estimate. Its exact intervals come from order
statistics: how many of n future defects lie under the k-th lowest score of n seen ones depends on n and k alone,
whatever the scores are. Of the labels, 1 is defective and 0 is good; a row of weight 0 is left out. No TensorFlow.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import bdtr, betaincinv  # scikit-learn brings scipy

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring.curves import cuts
from aoi_modules.training.measuring.metrics import Figures, Labels, Scores, Weights, counted, rates
from aoi_modules.verdict import Rate

CONFIDENCE = 0.95
Interval = tuple[float, float]


@dataclass(frozen=True)
class Choice:
    """A threshold, and what the pictures that it was chosen on say about parts to come. Intervals hold at 95%.

    Args:
        target: rate that was asked for, in [0, 1).
        threshold: a score over it fails the part.
        interval: in which the threshold with exactly this escape rate lies.
        escape: of the defective pictures it was chosen on.
        escape_interval: the escape rate that parts to come will have at `threshold`.
        overkill: of the good pictures.
        overkill_interval: the overkill rate that parts to come will have at `threshold`.
        of: whose rate was asked for, that of escapes, or of overkill where no defect was seen.
    """

    target: float
    threshold: float
    interval: Interval
    escape: Rate
    escape_interval: Interval
    overkill: Rate
    overkill_interval: Interval
    of: Literal["escape", "overkill"] = "escape"

    def __str__(self) -> str:
        low, high = self.interval
        if self.of == "overkill":
            return (
                f"threshold {self.threshold:.3f} (95%: {low:.3f} to {high:.3f}), chosen on {self.overkill.total} good "
                f"pictures for {self.target:.1%} overkill; to be expected: overkill {_range(self.overkill_interval)}"
            )
        return (
            f"threshold {self.threshold:.3f} (95%: {low:.3f} to {high:.3f}), chosen on {self.escape.total} defective "
            f"pictures for {self.target:.1%} escapes; "
            f"to be expected: escapes {_range(self.escape_interval)}, overkill {_range(self.overkill_interval)}"
        )


def shortage(choice: Choice) -> str:
    """Says that a threshold rests on too few defective pictures for its escape rate; empty where there are enough.

    Of fewer than 1 / target pictures none may pass, so they cannot tell the target from a far better or worse rate.
    A threshold that was chosen on good parts alone promises no escape rate.
    """
    if choice.of == "overkill":
        return ""
    few, worst = choice.escape.total, f"parts to come may escape at up to {choice.escape_interval[1]:.1%}"
    pictures = f"{few} defective validation picture{'s' if few != 1 else ''}"
    if choice.target <= 0.0:
        return f"no number of pictures can promise that nothing escapes; from {pictures}, {worst}"
    needed = math.ceil(1 / choice.target - 1e-9)
    if few >= needed:
        return ""
    return f"{pictures} cannot promise {percent(choice.target)} escapes: at least {needed} are needed; {worst}"


def percent(share: float) -> str:
    """Writes a share that somebody asked for, as exactly as it was asked: 0.005 is 0.5%."""
    return f"{100 * share:.3g}%"


def choose(scores: Scores, labels: Labels, escape_target: float, weights: Weights | None = None) -> Choice:
    """Chooses the threshold for an escape rate, with its intervals. Arguments and errors as `threshold_for`."""
    scores, labels = counted(scores, labels, weights)
    threshold = threshold_for(scores, labels, escape_target)
    escape, overkill = rates(scores, labels, threshold)
    low, high = threshold_interval(scores, labels, escape_target)
    return Choice(
        target=escape_target,
        threshold=threshold,
        # The interval ends at scores, the threshold lies between two: with few or equal scores it may lie just outside.
        interval=(min(low, threshold), max(high, threshold)),
        escape=escape,
        escape_interval=exact_interval(escape),
        overkill=overkill,
        overkill_interval=exact_interval(overkill),
    )


def choose_on_good(scores: Scores, labels: Labels, overkill_target: float, weights: Weights | None = None) -> Choice:
    """Chooses a threshold on good parts alone, for a model that never saw a defect; of escapes it tells nothing.

    The lowest threshold at which at most `overkill_target` of the good parts fail: halfway between two of their scores,
    or, where none may fail, the highest.

    Args:
        scores: float32 (N,), in [0, 1].
        labels: int64 (N,), 1 for defective, 0 for good; defective ones are left out.
        overkill_target: in [0, 1).
        weights: float32 (N,); rows of weight 0 are left out. None takes all.

    Raises:
        ModelError: no part is good, or the target is no such share.
    """
    scores, labels = counted(scores, labels, weights)
    if not 0.0 <= overkill_target < 1.0:
        raise ModelError(f"overkill_target: expected a share in [0, 1). Received: {overkill_target}")
    good = np.sort(scores[labels == 0].astype(np.float64))[::-1]
    if not len(good):
        raise ModelError("threshold: expected good validation pictures. Received: none")
    failing = math.floor(overkill_target * len(good) + 1e-9)
    threshold = float(good[0] if failing == 0 else (good[failing - 1] + good[failing]) / 2)
    escape, overkill = rates(good.astype(np.float32), np.zeros(len(good), np.int64), threshold)
    # The same law as for defects, seen from the other end: good parts have their scores, and 1 is the best of them.
    low, high = threshold_interval((1 - good).astype(np.float32), np.ones(len(good), np.int64), overkill_target)
    return Choice(
        target=overkill_target,
        threshold=threshold,
        interval=(min(1 - high, threshold), max(1 - low, threshold)),
        escape=escape,
        escape_interval=(0.0, 1.0),
        overkill=overkill,
        overkill_interval=exact_interval(overkill),
        of="overkill",
    )


def threshold_for(scores: Scores, labels: Labels, escape_target: float, weights: Weights | None = None) -> float:
    """Finds the highest threshold at which at most `escape_target` of the defective parts pass.

    A score over the threshold fails the part. The threshold lies halfway between the lowest defective score that must
    be caught and the next lower score of any part, so that no part sits on the edge. A defective part that scores
    exactly 0 is caught by no threshold.

    Args:
        scores: float32 (N,), in [0, 1].
        labels: int64 (N,), 1 for defective, 0 for good.
        escape_target: in [0, 1).
        weights: float32 (N,); rows of weight 0 are left out. None takes all.

    Raises:
        ModelError: no part is defective, or the target is no such share.
    """
    scores, labels = counted(scores, labels, weights)
    defective = _defective(scores, labels, escape_target)
    return _just_under(defective[math.floor(escape_target * len(defective) + 1e-9)], scores)


def overkill_at_escape(scores: Scores, labels: Labels, escape: float, weights: Weights | None = None) -> Rate:
    """Computes the overkill rate at the threshold for an escape rate, both on these pictures: to compare models by.

    It flatters: a threshold for production is chosen on other pictures. Arguments and errors as `threshold_for`.
    """
    return rates(scores, labels, threshold_for(scores, labels, escape, weights), weights)[1]


def threshold_interval(
    scores: Scores, labels: Labels, escape: float, weights: Weights | None = None, *, confidence: float = CONFIDENCE
) -> Interval:
    """Bounds the threshold at which exactly `escape` of all defective parts to come would pass.

    The bounds are two of the defective scores, by the binomial law of how many lie under a quantile; they are 0 or 1
    where there are too few scores. Arguments and errors as `threshold_for`.
    """
    scores, labels = counted(scores, labels, weights)
    defective = _defective(scores, labels, escape)
    tail = (1 - confidence) / 2
    at_most = bdtr(np.arange(len(defective) + 1), len(defective), escape)
    edges = np.concatenate([[0.0], defective, [1.0]])
    low = int(np.sum(at_most <= tail))
    high = int(np.sum(1 - at_most > tail)) + 1
    return float(edges[low]), float(edges[high])


def exact_interval(rate: Rate, *, confidence: float = CONFIDENCE) -> Interval:
    """Computes Clopper and Pearson's interval of a share: never too narrow, while `Rate.interval` is right on average.

    For escapes under a threshold that was chosen as an order statistic it holds exactly.
    """
    tail = (1 - confidence) / 2
    return _lower(rate.count, rate.total, tail), _upper(rate.count, rate.total, tail)


def _defective(scores: Scores, labels: Labels, escape: float) -> Figures:
    """The scores of the defective parts, rising: float64 (n,), n at least 1."""
    if not 0.0 <= escape < 1.0:
        raise ModelError(f"escape_target: expected a share in [0, 1). Received: {escape}")
    defective = np.sort(scores[labels == 1].astype(np.float64))
    if not len(defective):
        raise ModelError("threshold: expected validation pictures with defects. Received: none")
    return defective


def _just_under(score: float, scores: Scores) -> float:
    """The threshold that fails `score` and no lower one; 0 for a score that no threshold fails."""
    thresholds = cuts(scores)
    return float(thresholds[thresholds < score].max(initial=0.0))


def _lower(count: int, total: int, tail: float) -> float:
    return float(betaincinv(count, total - count + 1, tail)) if count > 0 else 0.0


def _upper(count: int, total: int, tail: float) -> float:
    return float(betaincinv(count + 1, total - count, 1 - tail)) if count < total else 1.0


def _range(interval: Interval) -> str:
    return f"{interval[0]:.1%} to {interval[1]:.1%}"
