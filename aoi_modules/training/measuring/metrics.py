"""How good answers are, a number each: accuracy, precision, recall, F1, AUROC, calibration, errors of quantities.

Each takes the answers of a head and the truth, and may take weights of the rows: a row of weight 0 is left out, all
others count once. Without any row to measure on, a figure is NaN. scikit-learn ranks the scores; no TensorFlow.
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
    """The rows that are measured: those of a weight over 0. Every figure and curve looks at its rows through this.

    Args:
        answers: (N,) or (N, K).
        truth: (N,).
        weights: (N,); None takes all rows.

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
    """Share of the pictures whose most probable label is right. (N, K) and (N,)."""
    probabilities, labels = counted(probabilities, labels, weights)
    return float(np.mean(probabilities.argmax(axis=1) == labels)) if len(labels) else math.nan


def confusion(probabilities: Scores, labels: Labels, weights: Weights | None = None) -> NDArray[np.int64]:
    """How often label i was taken for label j: int64 (K, K)."""
    probabilities, labels = counted(probabilities, labels, weights)
    counts = np.zeros((probabilities.shape[1],) * 2, np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def precision(counts: NDArray[np.int64]) -> Figures:
    """Of the pictures that were given a label, the share that has it. Confusion int64 (K, K) -> float64 (K,).

    A label that occurs but was never given has precision 0, so that a mean over the labels cannot hide it.
    """
    given, there = counts.sum(axis=0), counts.sum(axis=1)
    return np.where((given == 0) & (there > 0), 0.0, _share(np.diag(counts), given))


def recall(counts: NDArray[np.int64]) -> Figures:
    """Of the pictures that have a label, the share that was given it. Confusion int64 (K, K) -> float64 (K,)."""
    return _share(np.diag(counts), counts.sum(axis=1))


def f1(counts: NDArray[np.int64]) -> Figures:
    """The harmonic mean of precision and recall. Confusion int64 (K, K) -> float64 (K,)."""
    return _share(2 * np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1))


def mean_of_labels(figures: Figures) -> float:
    """The plain mean over the labels, rare ones as heavy as common ones. (K,); labels without a figure are left out."""
    known = figures[~np.isnan(figures)]
    return float(known.mean()) if len(known) else math.nan


def auroc(scores: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """Probability that a defective part scores over a good one; ties count half. NaN without both kinds.

    Args:
        scores: (N,).
        labels: (N,), 1 for defective, 0 for good.
        weights: (N,).
    """
    from sklearn.metrics import roc_auc_score

    scores, labels = counted(scores, labels, weights)
    return float(roc_auc_score(labels, scores)) if len(np.unique(labels)) == 2 else math.nan


def average_precision(scores: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """The mean precision over all recalls, the area under the precision-recall curve. (N,) and (N,), 1 for defective.

    A scorer that knows nothing reaches the share of defective parts, not 0.5. NaN without both kinds.
    """
    from sklearn.metrics import average_precision_score

    scores, labels = counted(scores, labels, weights)
    return float(average_precision_score(labels, scores)) if len(np.unique(labels)) == 2 else math.nan


def brier(probabilities: Scores, labels: Labels, weights: Weights | None = None) -> float:
    """The mean squared error of the probabilities: 0 is perfect.

    Args:
        probabilities: (N,) scores of a defect, whose worst is 1; or (N, K) of the labels, squared errors added over the
            labels, whose worst is 2.
        labels: (N,).
        weights: (N,).
    """
    probabilities, labels = counted(probabilities, labels, weights)
    truth = labels if probabilities.ndim == 1 else np.eye(probabilities.shape[1])[labels]
    errors = (probabilities.astype(np.float64) - truth) ** 2
    return float(errors.sum() / len(labels)) if len(labels) else math.nan


def confidence(probabilities: Scores, labels: Labels) -> tuple[Scores, Labels]:
    """How sure a class head was of each answer, and whether it was right: (N, K), (N,) -> (N,), (N,) of 0 and 1."""
    return probabilities.max(axis=1), (probabilities.argmax(axis=1) == labels).astype(np.int64)


def calibration_bins(
    claimed: Scores, happened: Labels, weights: Weights | None = None, *, bins: int = BINS
) -> tuple[Figures, Figures, NDArray[np.int64]]:
    """What was claimed and what happened, in bins of equal width; NaN in bins that nobody fell into.

    Args:
        claimed: (N,), probabilities in [0, 1].
        happened: (N,), 1 where the claim came true.
        weights: (N,).
        bins: how many.

    Returns:
        mean claim (bins,), share that came true (bins,), rows int64 (bins,).
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
    """How far the probabilities are from what happened, on average over the rows: 0 is honest. (N,) and (N,).

    Of a defect head `claimed` are the scores; of a class head take `confidence(probabilities, labels)`.
    """
    means, shares, counts = calibration_bins(claimed, happened, weights, bins=bins)
    rows = int(counts.sum())
    return float(np.nansum(np.abs(means - shares) * counts) / rows) if rows else math.nan


def mean_absolute_error(answers: Scores, truth: Scores, weights: Weights | None = None) -> float:
    """How far a value head is off on average, in the unit of the value. (N,) and (N,)."""
    answers, truth = counted(answers, truth, weights)
    return float(np.mean(np.abs(answers.astype(np.float64) - truth))) if len(truth) else math.nan


def median_absolute_percentage_error(answers: Scores, truth: Scores, weights: Weights | None = None) -> float:
    """Half of the answers are nearer to the truth than this share of it: 0.1 means 10%. (N,) and (N,).

    One house that is off tenfold does not spoil it, as it spoils a mean. A truth of 0 has no share and is left out.
    """
    answers, truth = counted(answers, truth, weights)
    answers, truth = answers[truth != 0], truth[truth != 0]
    return float(np.median(np.abs(answers.astype(np.float64) - truth) / np.abs(truth))) if len(truth) else math.nan


def rates(scores: Scores, labels: Labels, threshold: float, weights: Weights | None = None) -> tuple[Rate, Rate]:
    """Escape rate and overkill rate at a threshold. (N,) and (N,), 1 for defective."""
    scores, labels = counted(scores, labels, weights)
    verdicts = [judge_score(float(score), Limits(threshold)) for score in scores]
    defective = [bool(label) for label in labels]
    return escape_rate(defective, verdicts), overkill_rate(defective, verdicts)


def with_interval(name: str, rate: Rate) -> dict[str, float]:
    """A rate as figures of a head: `name`, `name_low`, `name_high`, which the page shows as one. Empty for no parts."""
    if not rate.total:
        return {}
    low, high = rate.interval
    return {name: rate.value, f"{name}_low": low, f"{name}_high": high}


def _share(part: NDArray[np.int64] | Figures, whole: NDArray[np.int64]) -> Figures:
    """part / whole, NaN where whole is 0."""
    shares: Figures = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole != 0)
    return shares
