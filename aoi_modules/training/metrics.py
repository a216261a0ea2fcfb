"""How good scores are: accuracy, confusion, AUROC, and the threshold for an escape rate. Pure numpy."""

import math

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.verdict import Limits, Rate, escape_rate, judge_score, overkill_rate

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]


def accuracy(probabilities: Scores, labels: Labels) -> float:
    """Share of the pictures whose most probable label is right. (N, K) and (N,)."""
    return float(np.mean(probabilities.argmax(axis=1) == labels)) if len(labels) else math.nan


def confusion(probabilities: Scores, labels: Labels) -> NDArray[np.int64]:
    """How often label i was taken for label j: int64 (K, K)."""
    counts = np.zeros((probabilities.shape[1],) * 2, np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def auroc(scores: Scores, labels: Labels) -> float:
    """Probability that a defective part scores over a good one; ties count half. NaN without both kinds.

    Args:
        scores: (N,).
        labels: (N,), 1 for defective, 0 for good.
    """
    bad, good = int(np.sum(labels == 1)), int(np.sum(labels == 0))
    if not bad or not good:
        return math.nan
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # equal scores share their mean rank
    return float((ranks[labels == 1].sum() - bad * (bad + 1) / 2) / (bad * good))


def threshold_for(scores: Scores, labels: Labels, escape_target: float) -> float:
    """The highest threshold at which at most `escape_target` of the defective parts pass.

    A score over the threshold fails the part. The threshold lies halfway between the lowest defective score that must
    be caught and the next lower score of any part, so that no part sits on the edge. A defective part that scores
    exactly 0 is caught by no threshold.

    Args:
        scores: (N,), in [0, 1].
        labels: (N,), 1 for defective, 0 for good.
        escape_target: in [0, 1).

    Raises:
        ModelError: no part is defective, or the target is no such share.
    """
    if not 0.0 <= escape_target < 1.0:
        raise ModelError(f"escape_target: expected a share in [0, 1). Received: {escape_target}")
    values = np.asarray(scores, np.float64)
    defective = np.sort(values[labels == 1])
    if not len(defective):
        raise ModelError("threshold: expected validation pictures with defects. Received: none")
    caught = defective[math.floor(escape_target * len(defective) + 1e-9)]
    below = values[values < caught]
    return float((caught + below.max()) / 2 if len(below) else caught / 2)


def rates(scores: Scores, labels: Labels, threshold: float) -> tuple[Rate, Rate]:
    """Escape rate and overkill rate at a threshold."""
    verdicts = [judge_score(float(score), Limits(threshold)) for score in scores]
    defective = [bool(label) for label in labels]
    return escape_rate(defective, verdicts), overkill_rate(defective, verdicts)
