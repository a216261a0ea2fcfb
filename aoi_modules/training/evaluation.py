"""What a trained model is worth: scores of a table, metrics of a head, the threshold it ships with."""

import math
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import batches
from aoi_modules.datasets.table import Table
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras, tf
from aoi_modules.training import metrics
from aoi_modules.training.metrics import Labels, Scores
from aoi_modules.verdict import Rate


@dataclass(frozen=True)
class Evaluation:
    """A head on the test pictures.

    Args:
        head: with threshold and metrics filled.
        scores: float32 (N, K), as the model answers.
        labels: int64 (N,), the truth.
        confusion: int64 (K, K) of a class head, else None.
        escape: of a defect head at its threshold, else None.
        overkill: likewise.
    """

    head: Head
    scores: Scores
    labels: Labels
    confusion: NDArray[np.int64] | None = None
    escape: Rate | None = None
    overkill: Rate | None = None


def scores(model: keras.Model, table: Table, picture: PictureInput) -> dict[str, Scores]:
    """The model's answers for a table: head -> float32 (N, K)."""
    forward = tf.function(lambda block: model(block, training=False), reduce_retracing=True)
    found: dict[str, list[Scores]] = {}
    for block, _ in batches(table, picture):
        for name, values in forward(block).items():
            found.setdefault(name, []).append(values.numpy())
    return {name: np.concatenate(blocks) for name, blocks in found.items()}


def evaluate(
    model: keras.Model, head: Head, validation: Table, test: Table, picture: PictureInput, *, escape_target: float
) -> Evaluation:
    """Measures a head on the test pictures; a defect head first gets its threshold from the validation pictures.

    Raises:
        ModelError: a defect head without defective validation pictures.
    """
    tested = scores(model, test, picture)[head.name]
    if head.kind != "defect":
        return evaluate_class(head, tested, test.labels)
    tried = scores(model, validation, picture)[head.name][:, 0]
    threshold = metrics.threshold_for(tried, validation.labels, escape_target)
    return evaluate_defect(head, tested, test.labels, threshold)


def evaluate_class(head: Head, probabilities: Scores, labels: Labels) -> Evaluation:
    """A class head's accuracy, overall and of its weakest label. (N, K) and (N,)."""
    counts = metrics.confusion(probabilities, labels)
    seen = counts.sum(axis=1)
    recalls = np.diag(counts)[seen > 0] / seen[seen > 0]
    measured = {
        "accuracy": metrics.accuracy(probabilities, labels),
        "lowest_recall": float(recalls.min(initial=1.0)),
    }
    return Evaluation(_filled(head, measured, None), probabilities, labels, confusion=counts)


def evaluate_defect(head: Head, answers: Scores, labels: Labels, threshold: float) -> Evaluation:
    """A defect head's AUROC, and its escapes and overkill at the threshold. (N, 1) and (N,)."""
    escape, overkill = metrics.rates(answers[:, 0], labels, threshold)
    measured = {
        "auroc": metrics.auroc(answers[:, 0], labels),
        "escape_rate": escape.value,
        "overkill_rate": overkill.value,
    }
    return Evaluation(_filled(head, measured, threshold), answers, labels, escape=escape, overkill=overkill)


def _filled(head: Head, measured: dict[str, float], threshold: float | None) -> Head:
    """The head with what was measured; a metric without any part to measure it on is left out."""
    known = {name: value for name, value in measured.items() if not math.isnan(value)}
    return msgspec.structs.replace(head, metrics=known, threshold=threshold)
