"""Figures of a head, a number each: accuracy, precision, recall, F1, AUROC, calibration, errors of quantities.

Each function takes the answers of a head and the truth, N rows of each, and may take `weights`, float32 (N,): a row of
weight 0 is left out, all others count once. Without any row to measure on, a figure is NaN. scikit-learn computes the
figures that depend on the order of the scores; no TensorFlow.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.verdict import Limits, Rate, escape_rate, judge_score, overkill_rate

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]
Weights = NDArray[np.float32]
Figures = NDArray[np.float64]
BINS = 10
"""How many bins of equal width a calibration has."""

_Truth = TypeVar("_Truth", Labels, Scores)


def counted(answers: Scores, truth: _Truth, weights: Weights | None = None) -> tuple[Scores, _Truth]:
    """Gives the rows that are measured, those with a weight over 0. Every figure and curve chooses its rows by this.

    Args:
        answers: float32 (N,) or (N, K).
        truth: int64 or float32 (N,).
        weights: float32 (N,); None takes all rows.

    Returns:
        Answers (M,) or (M, K) and truth (M,), M at most N.

    Raises:
        ModelError: not as many of each, or an answer that is no number.
    """
    sizes = (len(answers), len(truth), len(answers if weights is None else weights))
    if len(set(sizes)) != 1:
        raise ModelError(f"measure: expected as many answers, truths and weights. Received: {sizes}")
    if weights is not None:
        answers, truth = answers[weights > 0], truth[weights > 0]
    strange = int(np.sum(~np.isfinite(answers)))
    if strange:
        raise ModelError(
            f"answers: expected finite numbers. Received: {strange} of {answers.size} are not",
            hint="the training went astray: a lower learning rate, or look for strange rows in the data",
        )
    return answers, truth


def accuracy(probabilities: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """Computes the share of pictures whose most probable label is right, of probabilities (N, K) and labels (N,)."""
    probabilities, labels = counted(probabilities, labels, weights)
    return float(np.mean(probabilities.argmax(axis=1) == labels)) if len(labels) else math.nan


def confusion(probabilities: Scores, labels: Labels, weights: Weights | None = None) -> NDArray[np.int64]:
    """Counts how often label i was taken for label j, int64 (K, K); of probabilities (N, K), labels (N,)."""
    probabilities, labels = counted(probabilities, labels, weights)
    counts = np.zeros((probabilities.shape[1],) * 2, np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def precision(counts: NDArray[np.int64]) -> Figures:
    """Computes, of the pictures given a label, the share that has it. Confusion int64 (K, K) -> float64 (K,).

    A label that occurs but was never given has precision 0, so that a mean over the labels cannot hide it.
    """
    given, there = counts.sum(axis=0), counts.sum(axis=1)
    return np.where((given == 0) & (there > 0), 0.0, _share(np.diag(counts), given))


def recall(counts: NDArray[np.int64]) -> Figures:
    """Computes, of the pictures with a label, the share that was given it. Confusion int64 (K, K) -> float64 (K,)."""
    return _share(np.diag(counts), counts.sum(axis=1))


def f1(counts: NDArray[np.int64]) -> Figures:
    """Computes the harmonic mean of precision and recall. Confusion int64 (K, K) -> float64 (K,)."""
    return _share(2 * np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1))


def mean_of_labels(figures: Figures) -> float:
    """Computes the plain mean of figures (K,) over the labels, rare ones as heavy as common ones; NaN is left out."""
    known = figures[~np.isnan(figures)]
    return float(known.mean()) if len(known) else math.nan


def auroc(scores: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """Computes the probability that a defective part scores over a good one; ties count half. NaN without both kinds.

    Args:
        scores: float32 (N,).
        labels: int64 (N,), 1 for defective, 0 for good.
        weights: float32 (N,).
    """
    from sklearn.metrics import roc_auc_score

    scores, labels = counted(scores, labels, weights)
    return float(roc_auc_score(labels, scores)) if len(np.unique(labels)) == 2 else math.nan


def average_precision(scores: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """Computes the mean precision over all recalls, the area under the precision-recall curve. Arguments as `auroc`.

    Scores that know nothing reach the share of defective parts, not 0.5. NaN without both kinds.
    """
    from sklearn.metrics import average_precision_score

    scores, labels = counted(scores, labels, weights)
    return float(average_precision_score(labels, scores)) if len(np.unique(labels)) == 2 else math.nan


def confidence(probabilities: Scores, labels: Labels) -> tuple[Scores, Labels]:
    """Tells how sure a class head was of each answer, float32 (N,), and whether it was right, int64 (N,) of 0 and 1.

    Args:
        probabilities: float32 (N, K).
        labels: int64 (N,), in [0, K).
    """
    return probabilities.max(axis=1), (probabilities.argmax(axis=1) == labels).astype(np.int64)


def calibration_bins(
    claimed: Scores, happened: Labels, weights: Weights | None = None, *, bins: int = BINS
) -> tuple[Figures, Figures, NDArray[np.int64]]:
    """Sorts what was claimed and what happened into bins of equal width; an empty bin has NaN.

    Args:
        claimed: float32 (N,), probabilities in [0, 1].
        happened: int64 (N,), 1 where the claim came true, else 0.
        weights: float32 (N,).
        bins: B.

    Returns:
        Mean claim float64 (B,), share that came true float64 (B,), rows int64 (B,).
    """
    claimed, happened = counted(claimed, happened, weights)
    place = np.minimum((claimed * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    claims = np.bincount(place, claimed, minlength=bins)
    events = np.bincount(place, happened, minlength=bins)
    return _share(claims, counts), _share(events, counts), counts


def expected_calibration_error(
    claimed: Scores, happened: Labels, weights: Weights | None = None, *, bins: int = BINS
) -> float:
    """Computes how far the probabilities are from what happened, on average over the rows: 0 is honest.

    Arguments as `calibration_bins`: `claimed` are a defect head's scores, or a class head's `confidence`.
    """
    means, shares, counts = calibration_bins(claimed, happened, weights, bins=bins)
    rows = int(counts.sum())
    return float(np.nansum(np.abs(means - shares) * counts) / rows) if rows else math.nan


def mean_absolute_error(answers: Scores, truth: Scores, weights: Weights | None = None) -> float:
    """Computes how far a value head is off on average, in the unit of the value: answers (N,) and truth (N,)."""
    answers, truth = counted(answers, truth, weights)
    return float(np.mean(np.abs(answers.astype(np.float64) - truth))) if len(truth) else math.nan


def median_absolute_percentage_error(answers: Scores, truth: Scores, weights: Weights | None = None) -> float:
    """Computes the median error as a share of the truth: 0.1 means that half of the answers are at most 10% off.

    One answer that is off tenfold spoils a mean, but not a median. A truth of 0 has no share and is left out.

    Args:
        answers: float32 (N,).
        truth: float32 (N,).
        weights: float32 (N,).
    """
    answers, truth = counted(answers, truth, weights)
    answers, truth = answers[truth != 0], truth[truth != 0]
    return float(np.median(np.abs(answers.astype(np.float64) - truth) / np.abs(truth))) if len(truth) else math.nan


def rates(scores: Scores, labels: Labels, threshold: float, weights: Weights | None = None) -> tuple[Rate, Rate]:
    """Computes escape rate and overkill rate at a threshold, of scores (N,) and labels (N,), 1 for defective."""
    scores, labels = counted(scores, labels, weights)
    verdicts = [judge_score(float(score), Limits(threshold)) for score in scores]
    defective = [bool(label) for label in labels]
    return escape_rate(defective, verdicts), overkill_rate(defective, verdicts)


def with_interval(name: str, rate: Rate) -> dict[str, float]:
    """Writes a rate as figures of a head, `name`, `name_low` and `name_high`; of no parts it writes none."""
    if not rate.total:
        return {}
    low, high = rate.interval
    return {name: rate.value, f"{name}_low": low, f"{name}_high": high}


def _share(part: NDArray[np.int64] | Figures, whole: NDArray[np.int64]) -> Figures:
    """part / whole, NaN where whole is 0."""
    shares: Figures = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole != 0)
    return shares
