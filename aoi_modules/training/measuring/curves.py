"""How figures change with the threshold: ROC, precision and recall, calibration, overkill over escape.

Curves are arrays; `result_plots` draws them. scikit-learn computes what is standard. Of the labels, 1 is defective and
0 is good; a row of weight 0 is left out. No TensorFlow.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring.metrics import (
    BINS,
    Figures,
    Labels,
    Scores,
    Weights,
    auroc,
    average_precision,
    calibration_bins,
    counted,
    expected_calibration_error,
)


@dataclass(frozen=True)
class Roc:
    """Caught defects over overkill, from the highest threshold to the lowest.

    Args:
        overkill: false positive rate, float64 (M,), rising from 0 to 1.
        caught: true positive rate = 1 - escape rate, float64 (M,), rising from 0 to 1.
        area: under the curve, 0.5 for a scorer that knows nothing.
    """

    overkill: Figures
    caught: Figures
    area: float


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision over recall, from the lowest threshold to the highest.

    Args:
        recall: share of the defective parts that fail, float64 (M,), falling to 0.
        precision: share of the failed parts that are defective, float64 (M,).
        average: the average precision.
        defect_share: of the parts that were measured; the precision of a scorer that knows nothing.
    """

    recall: Figures
    precision: Figures
    average: float
    defect_share: float


@dataclass(frozen=True)
class Calibration:
    """What scores claimed and what happened, in bins of equal width.

    Args:
        claimed: mean score in each bin, float64 (B,); NaN in empty bins.
        happened: share in each bin for which the claim came true, float64 (B,); NaN in empty bins.
        counts: rows in each bin, int64 (B,).
        error: expected calibration error, the mean distance of the two over the rows.
    """

    claimed: Figures
    happened: Figures
    counts: NDArray[np.int64]
    error: float


@dataclass(frozen=True)
class OverkillOverEscape:
    """What every threshold costs: one point for each way of cutting the scores in two.

    Args:
        thresholds: float64 (M,), rising; a score over it fails the part. The last fails no part.
        escape: escape rate at each, float64 (M,), rising.
        overkill: overkill rate at each, float64 (M,), falling.
        defective: how many defective parts were measured.
        good: how many good parts.
    """

    thresholds: Figures
    escape: Figures
    overkill: Figures
    defective: int
    good: int


def roc(scores: Scores, labels: Labels, weights: Weights | None = None) -> Roc:
    """Computes the ROC curve; points on a straight line between two others are left out.

    Args:
        scores: float32 (N,), a higher score is more defective.
        labels: int64 (N,), 1 for defective, 0 for good.
        weights: float32 (N,); rows of weight 0 are left out. None takes all.

    Raises:
        ModelError: no part is defective, or none is good.
    """
    from sklearn.metrics import roc_curve

    scores, labels = both_kinds(scores, labels, weights)
    overkill, caught, _ = roc_curve(labels, scores)
    return Roc(overkill, caught, auroc(scores, labels))


def precision_recall(scores: Scores, labels: Labels, weights: Weights | None = None) -> PrecisionRecall:
    """Computes the precision-recall curve: the one to look at when defects are rare. Arguments as `roc`.

    Raises:
        ModelError: no part is defective, or none is good.
    """
    from sklearn.metrics import precision_recall_curve

    scores, labels = both_kinds(scores, labels, weights)
    precision, recall, _ = precision_recall_curve(labels, scores, drop_intermediate=True)
    return PrecisionRecall(recall, precision, average_precision(scores, labels), float(np.mean(labels == 1)))


def calibration(claimed: Scores, happened: Labels, weights: Weights | None = None, *, bins: int = BINS) -> Calibration:
    """Compares scores with what happened: does a score of 0.8 mean that 8 of 10 are so?

    Args:
        claimed: float32 (N,) in [0, 1]: the scores of a defect head, or the `metrics.confidence` of a class head.
        happened: int64 (N,), 1 where the claim came true, else 0.
        weights: float32 (N,); rows of weight 0 are left out. None takes all.
        bins: B, of equal width.
    """
    means, shares, counts = calibration_bins(claimed, happened, weights, bins=bins)
    return Calibration(means, shares, counts, expected_calibration_error(claimed, happened, weights, bins=bins))


def overkill_over_escape(scores: Scores, labels: Labels, weights: Weights | None = None) -> OverkillOverEscape:
    """Computes escape and overkill rate at every threshold that tells two scores apart. Arguments as `roc`.

    Raises:
        ModelError: no part is defective, or none is good.
    """
    scores, labels = both_kinds(scores, labels, weights)
    thresholds = cuts(scores)
    defective, good = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    # As verdict.judge_score has it: a score fails when it is over the threshold, so an equal one passes.
    escaped = np.searchsorted(defective.astype(np.float64), thresholds, side="right")
    passed = np.searchsorted(good.astype(np.float64), thresholds, side="right")
    return OverkillOverEscape(
        thresholds, escaped / len(defective), (len(good) - passed) / len(good), len(defective), len(good)
    )


def cuts(scores: Scores) -> Figures:
    """Gives the thresholds that matter, halfway between scores that follow each other.

    The first lies halfway between 0 and the lowest score, so it fails every part that can fail: no threshold fails a
    part that scores exactly 0. The last is the highest score, which fails no part.

    Args:
        scores: float32 (N,), in [0, 1].

    Returns:
        float64 (M,), rising, in [0, 1].
    """
    values = np.unique(scores.astype(np.float64))
    lower = np.concatenate([[0.0], values[values > 0]])
    upper = np.append(lower[1:], lower[-1])
    halfway = (lower + upper) / 2
    # Between numbers next to each other there is no half: the lower one fails exactly the same parts.
    return np.where(halfway < upper, halfway, lower)


def both_kinds(scores: Scores, labels: Labels, weights: Weights | None = None) -> tuple[Scores, Labels]:
    """Gives the rows that are measured, of which some must be defective and some good.

    Args:
        scores: float32 (N,).
        labels: int64 (N,), 1 for defective, 0 for good.
        weights: float32 (N,); rows of weight 0 are left out. None takes all.

    Returns:
        Scores float32 (M,) and labels int64 (M,), M at most N.

    Raises:
        ModelError: one kind is missing, or a label is neither 0 nor 1.
    """
    scores, labels = counted(scores, labels, weights)
    found = set(np.unique(labels).tolist())
    if found != {0, 1}:
        raise ModelError(
            f"labels: expected good parts (0) and defective parts (1). Received: {sorted(found) or 'no parts'}",
            hint="measure on pictures of both kinds",
        )
    return scores, labels
