"""The threshold of a defect head: chosen for an escape rate, and what so few defects allow to say about it.

Validation pictures with defects are rare, so a threshold is an estimate. Its exact intervals come from order
statistics: how many of n future defects lie under the k-th lowest score of n seen ones depends on n and k alone,
whatever the scores are. Of the labels, 1 is defective and 0 is good; a row of weight 0 is left out. No TensorFlow.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
        target: escape rate that was asked for, in [0, 1).
        threshold: a score over it fails the part.
        interval: where the threshold lies that has exactly this escape rate.
        escape: of the defective pictures it was chosen on.
        escape_interval: the escape rate that parts to come will have at `threshold`.
        overkill: of the good pictures.
        overkill_interval: the overkill rate that parts to come will have at `threshold`.
    """

    target: float
    threshold: float
    interval: Interval
    escape: Rate
    escape_interval: Interval
    overkill: Rate
    overkill_interval: Interval

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"threshold {self.threshold:.3f} (95%: {low:.3f} to {high:.3f}), chosen on {self.escape.total} defective "
            f"pictures for {self.target:.1%} escapes; "
            f"to be expected: escapes {_range(self.escape_interval)}, overkill {_range(self.overkill_interval)}"
        )


def choose(scores: Scores, labels: Labels, escape_target: float, weights: Weights | None = None) -> Choice:
    """The threshold for an escape rate, with its intervals. Arguments and errors as `threshold_for`."""
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


def threshold_for(scores: Scores, labels: Labels, escape_target: float, weights: Weights | None = None) -> float:
    """The highest threshold at which at most `escape_target` of the defective parts pass.

    A score over the threshold fails the part. The threshold lies halfway between the lowest defective score that must
    be caught and the next lower score of any part, so that no part sits on the edge. A defective part that scores
    exactly 0 is caught by no threshold.

    Args:
        scores: (N,), in [0, 1].
        labels: (N,), 1 for defective, 0 for good.
        escape_target: in [0, 1).
        weights: (N,).

    Raises:
        ModelError: no part is defective, or the target is no such share.
    """
    scores, labels = counted(scores, labels, weights)
    defective = _defective(scores, labels, escape_target)
    return _just_under(defective[math.floor(escape_target * len(defective) + 1e-9)], scores)


def overkill_at_escape(scores: Scores, labels: Labels, escape: float, weights: Weights | None = None) -> Rate:
    """The overkill rate at the threshold for an escape rate, both on these pictures: the figure to compare models by.

    Arguments and errors as `threshold_for`. It flatters: a threshold for production is chosen on other pictures.
    """
    return rates(scores, labels, threshold_for(scores, labels, escape, weights), weights)[1]


def threshold_to_promise(
    scores: Scores,
    labels: Labels,
    escape: float,
    weights: Weights | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> float:
    """The highest threshold of which one may say: at most `escape` of the defective parts to come will pass.

    It is lower than `threshold_for` the same rate, the more so the fewer defects were seen. The statement holds with
    `confidence` over the choice of the pictures. Arguments otherwise as `threshold_for`.

    Raises:
        ModelError: too few defective parts were seen to promise that much; says how many it takes.
    """
    scores, labels = counted(scores, labels, weights)
    defective = _defective(scores, labels, escape)
    ways = bdtr(
        np.arange(len(defective)), len(defective), escape
    )  # P(at most k of n escape), if the rate were `escape`
    allowed = int(np.sum(ways <= 1 - confidence)) - 1
    if allowed < 0:
        needed = "no number of them" if escape == 0.0 else f"{defects_needed(escape, confidence=confidence)} of them"
        raise ModelError(
            f"threshold: expected enough defective pictures to promise {escape:.2%} escapes: {needed}. "
            f"Received: {len(defective)}",
            hint="collect more pictures of defects, or promise less",
        )
    return _just_under(defective[allowed], scores)


def threshold_interval(
    scores: Scores, labels: Labels, escape: float, weights: Weights | None = None, *, confidence: float = CONFIDENCE
) -> Interval:
    """Where the threshold lies at which exactly `escape` of all defective parts to come would pass.

    Two of the defective scores, by the binomial law of how many lie under a quantile; 0 or 1 where there are too few
    to bound it. Arguments and errors as `threshold_for`.
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
    """Clopper and Pearson's interval of a share: never too narrow, where `Rate.interval` is right on average.

    For escapes under a threshold that was chosen as an order statistic it holds exactly.
    """
    tail = (1 - confidence) / 2
    return _lower(rate.count, rate.total, tail), _upper(rate.count, rate.total, tail)


def escape_at_most(escaped: int, defective: int, *, confidence: float = CONFIDENCE) -> float:
    """The escape rate that may be promised after so many of so many defective parts passed. No escape of 10: 26%."""
    return _upper(escaped, defective, 1 - confidence)


def defects_needed(escape: float, *, escaped: int = 0, confidence: float = CONFIDENCE) -> int:
    """How many defective validation pictures it takes to promise an escape rate.

    Args:
        escape: the rate to promise, in (0, 1).
        escaped: how many of the pictures may pass at the threshold.
        confidence: with which the promise is to hold.

    Raises:
        ModelError: no such rate.
    """
    if not 0.0 < escape < 1.0:
        raise ModelError(f"escape: expected a share in (0, 1). Received: {escape}", hint="nobody can promise none")

    def enough(pictures: int) -> bool:
        return bool(bdtr(escaped, pictures, escape) <= 1 - confidence)

    high = escaped + 1
    while not enough(high):
        high *= 2
    low = max(escaped, high // 2)  # not enough, by the loop above
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def rule_of_three(escape: float) -> int:
    """`defects_needed` without an escape, in the head: three divided by the rate."""
    return math.ceil(3 / escape - 1e-9)


def interval_by_groups(
    measure: Callable[[Scores, Labels], float],
    scores: Scores,
    labels: Labels,
    groups: Sequence[str],
    *,
    draws: int = 500,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The bootstrap interval of any figure, where pictures come in groups: crops of one board are no strangers.

    Whole groups are drawn with replacement, so that the interval is as wide as so few boards make it. Draws for which
    the figure is NaN are left out.

    Args:
        measure: from scores (M,) and labels (M,) to the figure.
        scores: (N,).
        labels: (N,).
        groups: N names.
        draws: how often.
        seed: of the draws.
        confidence: of the interval.

    Raises:
        ModelError: no draw has a figure.
    """
    random = np.random.default_rng(seed)
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(place == group) for group in range(len(names))]
    figures: list[float] = []
    for _ in range(draws):
        rows = np.concatenate([members[group] for group in random.integers(0, len(names), len(names))])
        figures.append(measure(scores[rows], labels[rows]))
    known = np.array([figure for figure in figures if not math.isnan(figure)])
    if not len(known):
        raise ModelError(f"interval: expected a figure in some draw of {len(names)} groups. Received: none")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


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
