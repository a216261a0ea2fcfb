"""Measures a trained model: scores of a table, metrics of each head, the threshold that ships with a head that judges.

Everything is measured on the model that ships, from the encoded picture to the score. Features that were kept while it
learnt are not used again: another engine may have computed them, and fine-tuning or float16 may have come after them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import batches, broken_pictures_named
from aoi_modules.datasets.table import Split, Table, Target, Values
from aoi_modules.errors import ModelError
from aoi_modules.judging.defect_score import defect_scores
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras, tf
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.metrics import Labels, Scores
from aoi_modules.training.measuring.thresholds import Choice, choose, choose_on_good, overkill_at_escape
from aoi_modules.training.plan import ESCAPE_TARGET
from aoi_modules.verdict import Rate


@dataclass(frozen=True)
class Evaluation:
    """A head on the test pictures.

    Args:
        head: with threshold and metrics filled.
        scores: float32 (N, K), as the model answers.
        labels: int64 (N,), the truth; float32 (N,) of a value head.
        rows: int64 (N,), rows of the test table: those that count for this head.
        confusion: int64 (K, K) of a class head, else None.
        choice: of the threshold of a head that judges, on the validation pictures; else None.
        escape: of a head that judges, at its threshold; else None.
        overkill: likewise.
    """

    head: Head
    scores: Scores
    labels: Values
    rows: NDArray[np.int64]
    confusion: NDArray[np.int64] | None = None
    choice: Choice | None = None
    escape: Rate | None = None
    overkill: Rate | None = None

    @property
    def judged(self) -> tuple[Scores, Labels]:
        """Of a head that judges: what its threshold is held against, float32 (N,), and 1 for defective, int64 (N,)."""
        return judged(self.head, self.scores, self.labels)


def scores(model: keras.Model, table: Table, picture_input: PictureInput) -> dict[str, Scores]:
    """Computes the model's answers for the N pictures of a table: head -> float32 (N, K).

    Raises:
        NotAPicture: a picture cannot be read or decoded any more; names it.
    """
    rows = batches(table, picture_input)
    # One trace for every size of batch, made beforehand: TensorFlow would warn of too many functions otherwise.
    forward = tf.function(lambda inputs: model(inputs, training=False)).get_concrete_function(rows.element_spec[0])
    found: dict[str, list[Scores]] = {}
    with broken_pictures_named(table):
        for inputs, *_ in rows:
            for name, values in forward(inputs).items():
                found.setdefault(name, []).append(values.numpy())
    return {name: np.concatenate(blocks) for name, blocks in found.items()}


def evaluate(
    model: keras.Model,
    heads: Sequence[Head],
    split: Split,
    picture_input: PictureInput,
    *,
    escape_target: float = ESCAPE_TARGET,
    overkill_target: float | None = None,
) -> tuple[Evaluation, ...]:
    """Measures every head on the test pictures; one that judges first gets its threshold from the validation pictures.

    With an `overkill_target` thresholds are chosen for it, on good validation pictures alone: for models that never saw
    a defect. Where the split has an unseen table, its figures join the head's metrics, as `unseen_...`.

    Raises:
        ModelError: a head that judges, without defective validation pictures.
    """
    tested = scores(model, split.test, picture_input)
    tried = scores(model, split.validation, picture_input) if any(head.judges for head in heads) else {}
    unseen = scores(model, split.unseen, picture_input) if split.unseen is not None else {}
    found = []
    for head in heads:
        choice = None
        if head.judges:
            known = tried[head.name], split.validation.target(head.name)
            if overkill_target is None:
                choice = choice_of(head, *known, escape_target)
            else:
                choice = choice_by_good(head, *known, overkill_target)
        one = measure(head, tested[head.name], split.test.target(head.name), choice)
        if split.unseen is not None:
            other = measure(head, unseen[head.name], split.unseen.target(head.name), choice)
            one = _with(one, {f"unseen_{name}": value for name, value in other.head.metrics.items()})
        found.append(one)
    return tuple(found)


def judged(head: Head, answers: Scores, truth: Values) -> tuple[Scores, Labels]:
    """Computes what a head that judges holds against its threshold, and which parts are defective.

    Args:
        head: of kind `defect`, or a class head with good labels.
        answers: float32 (N, K), as the model gives them.
        truth: int64 (N,), positions in the head's labels.

    Returns:
        Defect scores float32 (N,) in [0, 1]; int64 (N,), 1 for defective, 0 for good.
    """
    values = np.clip(defect_scores(head, answers), 0.0, 1.0).astype(np.float32)  # a sum of probabilities is rounded
    if head.kind == "defect":
        return values, truth.astype(np.int64)
    good = [place for place, label in enumerate(head.labels) if label in head.good]
    return values, (~np.isin(truth, good)).astype(np.int64)


def choice_of(head: Head, answers: Scores, target: Target, escape_target: float) -> Choice:
    """Chooses the threshold of a head that judges for an escape rate, by the rows that count for it.

    Args:
        head: that answered.
        answers: float32 (N, K), of the validation pictures.
        target: the truth of the N pictures.
        escape_target: share of the defective parts that may pass, in [0, 1).

    Raises:
        ModelError: no row that counts is defective.
    """
    rows = counted(target)
    return choose(*judged(head, answers[rows], target.values[rows]), escape_target)


def choice_by_good(head: Head, answers: Scores, target: Target, overkill_target: float) -> Choice:
    """Chooses the threshold of a head that judges for an overkill rate, by the good rows. Arguments as `choice_of`.

    Raises:
        ModelError: no row that counts is good.
    """
    rows = counted(target)
    return choose_on_good(*judged(head, answers[rows], target.values[rows]), overkill_target)


def measure(head: Head, answers: Scores, target: Target, choice: Choice | None = None) -> Evaluation:
    """Measures a head on the rows that count for it.

    Args:
        head: what was asked.
        answers: float32 (N, K).
        target: the truth of the N rows.
        choice: of the threshold of a head that judges.

    Raises:
        ModelError: a head that judges, without a choice.
    """
    rows = counted(target)
    answers, truth = answers[rows], target.values[rows]
    if head.kind == "value":
        measured = _of_values(answers[:, 0], truth.astype(np.float32))
        return Evaluation(_filled(head, measured, None), answers, truth, rows)
    labels = truth.astype(np.int64)
    measured, counts = _of_classes(answers, labels) if head.kind == "class" else ({}, None)
    if not head.judges:
        return Evaluation(_filled(head, measured, None), answers, labels, rows, confusion=counts)
    if choice is None:
        raise ModelError(f"choice: the {head.kind} head {head.name} needs a threshold. Received: None")
    verdicts, escape, overkill = _of_verdicts(*judged(head, answers, labels), choice)
    filled = _filled(head, {**verdicts, **measured}, choice.threshold)
    return Evaluation(filled, answers, labels, rows, counts, choice, escape, overkill)


def counted(target: Target) -> NDArray[np.int64]:
    """Gives the rows of a target that count, int64 (M,): all but those with weight 0."""
    return np.arange(len(target.values)) if target.weights is None else np.flatnonzero(target.weights)


def summary(evaluations: Sequence[Evaluation]) -> dict[str, float]:
    """Gives the key figures of all heads.

    With several heads each figure has its head's name in front, and the means of AUROC join them.
    """
    if len(evaluations) == 1:
        return dict(evaluations[0].head.metrics)
    found = {f"{one.head.name}_{name}": value for one in evaluations for name, value in one.head.metrics.items()}
    for name in ("auroc", "unseen_auroc"):
        values = [one.head.metrics[name] for one in evaluations if name in one.head.metrics]
        if len(values) > 1:
            found[f"mean_{name}"] = float(np.mean(values))
    return found


def _of_values(answers: Scores, truth: Scores) -> dict[str, float]:
    """A value head's errors: (N,) and (N,)."""
    return {
        "median_percentage_error": metrics.median_absolute_percentage_error(answers, truth),
        "mean_absolute_error": metrics.mean_absolute_error(answers, truth),
    }


def _of_verdicts(values: Scores, labels: Labels, choice: Choice) -> tuple[dict[str, float], Rate, Rate]:
    """What a threshold is worth: figures, escape rate, overkill rate; of defect scores (N,), 1 for defective (N,)."""
    escape, overkill = metrics.rates(values, labels, choice.threshold)
    measured = {
        "auroc": metrics.auroc(values, labels),
        "average_precision": metrics.average_precision(values, labels),
        "threshold_low": choice.interval[0],
        "threshold_high": choice.interval[1],
        **metrics.with_interval("escape_rate", escape),
        **metrics.with_interval("overkill_rate", overkill),
    }
    if escape.total and overkill.total and choice.of == "escape":
        measured["overkill_at_escape"] = overkill_at_escape(values, labels, choice.target).value
    return measured, escape, overkill


def _of_classes(probabilities: Scores, labels: Labels) -> tuple[dict[str, float], NDArray[np.int64]]:
    """A class head's accuracy, overall and of its weakest label."""
    counts = metrics.confusion(probabilities, labels)
    recalls = metrics.recall(counts)
    return {
        **metrics.with_interval("accuracy", Rate(int(np.trace(counts)), int(counts.sum()))),
        "lowest_recall": float(np.nanmin(recalls)) if np.isfinite(recalls).any() else math.nan,
        "mean_precision": metrics.mean_of_labels(metrics.precision(counts)),
        "mean_recall": metrics.mean_of_labels(recalls),
        "mean_f1": metrics.mean_of_labels(metrics.f1(counts)),
        "calibration_error": metrics.expected_calibration_error(*metrics.confidence(probabilities, labels)),
    }, counts


def _filled(head: Head, measured: Mapping[str, float], threshold: float | None) -> Head:
    """The head with what was measured; a metric without any part to measure it on is left out."""
    known = {name: value for name, value in measured.items() if not math.isnan(value)}
    return msgspec.structs.replace(head, metrics=known, threshold=threshold)


def _with(one: Evaluation, more: Mapping[str, float]) -> Evaluation:
    return replace(one, head=msgspec.structs.replace(one.head, metrics={**one.head.metrics, **more}))
