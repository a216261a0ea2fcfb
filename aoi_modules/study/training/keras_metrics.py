"""Metrics that Keras computes while it trains: batch functions of old, and escape and overkill rates that are right.

A ratio of counts is no mean. Keras averages what a metric *function* gives for each batch, so a batch without a defect
gives 0 and pulls the mean down, and a batch of 2 weighs as much as one of 64. A metric *object* adds up the counts and
divides once. `keras.metrics.Precision` and `keras.metrics.Recall` do so: use them; the functions are here to be seen
failing. Recall is 1 - escape rate.

A model that was compiled with the functions loads with `compile=False`, or with `custom_objects` that name them. The
objects are registered: where this module is imported, such a model loads as it is.
"""

from typing import Any

from aoi_modules.tf import keras


def batch_precision(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    """Precision within one batch: defects found / parts called defective.

    What `fit` shows of it is the mean of the batches' values, which is not the precision of the epoch: the value
    depends on the batch size and on which pictures met in a batch. See `keras.metrics.Precision`.

    Args:
        y_true: (B,) or (B, K), 0 or 1.
        y_pred: (B, K) scores in [0, 1]; over 0.5 they call it a defect.
    """
    y_true, y_pred = _alike(y_true, y_pred)
    true_positives = _positives(y_true * y_pred)
    return true_positives / (_positives(y_pred) + keras.config.epsilon())


def batch_recall(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    """Recall within one batch: defects found / defects there are. A batch without defects gives 0.

    Arguments as `batch_precision`, and as wrong over an epoch. See `keras.metrics.Recall`.
    """
    y_true, y_pred = _alike(y_true, y_pred)
    true_positives = _positives(y_true * y_pred)
    return true_positives / (_positives(y_true) + keras.config.epsilon())


class _VerdictRate(keras.metrics.Metric):  # type: ignore[misc]  # Keras has no annotations
    """Counts verdicts of parts of one kind over all batches, then divides."""

    def __init__(self, threshold: float = 0.5, name: str | None = None, dtype: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype)
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold: expected a score in [0, 1]. Received: {threshold}")
        self.threshold = threshold
        self.counted = self.add_weight(name="counted", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")

    def add(self, parts: keras.KerasTensor, hits: keras.KerasTensor, weights: keras.KerasTensor | None) -> None:
        """Adds a batch: which parts are of the kind, and which verdicts count. Both bool (B,)."""
        share = keras.ops.cast(parts, self.dtype)
        if weights is not None:
            share = share * keras.ops.reshape(keras.ops.cast(weights, self.dtype), (-1,))
        self.total.assign_add(keras.ops.sum(share))
        self.counted.assign_add(keras.ops.sum(share * keras.ops.cast(hits, self.dtype)))

    def result(self) -> keras.KerasTensor:
        """The rate so far; NaN before any part of the kind was seen, for then nothing is known of it."""
        return self.counted / self.total

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "threshold": self.threshold}


@keras.saving.register_keras_serializable(package="aoi")
class EscapeRate(_VerdictRate):
    """Defective parts passed / defective parts, over all batches, as `verdict.escape_rate` has it.

    Args:
        threshold: a score over it fails the part, in [0, 1].
        name: shown by `fit`.
        dtype: of the counts.
    """

    def __init__(self, threshold: float = 0.5, name: str = "escape_rate", dtype: str | None = None) -> None:
        super().__init__(threshold, name, dtype)
        self._direction = "down"  # so that a tuner, or EarlyStopping in mode auto, knows which way is better

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        """Adds a batch: truth (B,) or (B, 1), scores (B,) or (B, 1), and perhaps weights (B,); 0 leaves a row out."""
        defective, scores = _truth_and_scores(y_true, y_pred)
        self.add(defective, scores <= self.threshold, sample_weight)


@keras.saving.register_keras_serializable(package="aoi")
class OverkillRate(_VerdictRate):
    """Good parts failed / good parts, over all batches, as `verdict.overkill_rate` has it. Arguments as EscapeRate."""

    def __init__(self, threshold: float = 0.5, name: str = "overkill_rate", dtype: str | None = None) -> None:
        super().__init__(threshold, name, dtype)
        self._direction = "down"

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        """Adds a batch: truth (B,) or (B, 1), scores (B,) or (B, 1), and perhaps weights (B,); 0 leaves a row out."""
        defective, scores = _truth_and_scores(y_true, y_pred)
        self.add(keras.ops.logical_not(defective), scores > self.threshold, sample_weight)


def _alike(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Both as float32 (B, K). Labels (B,) times scores (B, 1) would otherwise be (B, B), without any complaint."""
    y_pred = keras.ops.cast(y_pred, "float32")
    return keras.ops.reshape(keras.ops.cast(y_true, "float32"), keras.ops.shape(y_pred)), y_pred


def _positives(values: keras.KerasTensor) -> keras.KerasTensor:
    """How many are nearer to 1 than to 0."""
    return keras.ops.sum(keras.ops.round(keras.ops.clip(values, 0, 1)))


def _truth_and_scores(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> tuple[keras.KerasTensor, ...]:
    """Defective or not, bool (B,), and the scores, float32 (B,)."""
    defective = keras.ops.reshape(y_true, (-1,)) > 0
    return defective, keras.ops.reshape(keras.ops.cast(y_pred, "float32"), (-1,))
