"""Metrics that Keras computes while it trains: the two rates of the line, counted over all batches.

Keras averages what a metric *function* gives for each batch. But a ratio of counts is no mean of ratios: a batch
without a defect gives 0 and pulls the mean down, and a batch of 2 weighs as much as one of 64. A metric *object* adds
up the counts and divides once, as `keras.metrics.Precision` and `keras.metrics.Recall` do. Recall is 1 - escape rate.

The objects are registered: where this module is imported, a model that was compiled with them loads as it is.
"""

from typing import Any

from aoi_modules.tf import keras


class _VerdictRate(keras.metrics.Metric):  # type: ignore[misc]  # Keras has no annotations
    """Counts verdicts of parts of one kind over all batches, then divides."""

    def __init__(self, threshold: float = 0.5, name: str | None = None, dtype: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype)
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold: expected a score in [0, 1]. Received: {threshold}")
        self.threshold = threshold
        self.counted = self.add_weight(name="counted", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")
        self._direction = "down"  # so that a tuner, or EarlyStopping in mode auto, knows which way is better

    def wrong(
        self, defective: keras.KerasTensor, scores: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Says which parts are of the kind, and which scores judge such a part wrongly: bool (B,) each.

        A score that is no number judges nothing.

        Args:
            defective: bool (B,).
            scores: float32 (B,).
        """
        raise NotImplementedError

    def update_state(
        self,
        y_true: keras.KerasTensor,
        y_pred: keras.KerasTensor,
        sample_weight: keras.KerasTensor | None = None,
    ) -> None:
        """Adds a batch: truth (B,) or (B, 1), scores (B,) or (B, 1), and perhaps weights (B,); 0 leaves a row out."""
        defective, scores = _truth_and_scores(y_true, y_pred)
        parts, hits = self.wrong(defective, scores)
        share = keras.ops.cast(parts, self.dtype)
        if sample_weight is not None:
            share = share * keras.ops.reshape(keras.ops.cast(sample_weight, self.dtype), (-1,))
        self.total.assign_add(keras.ops.sum(share))
        self.counted.assign_add(keras.ops.sum(share * keras.ops.cast(hits, self.dtype)))

    def result(self) -> keras.KerasTensor:
        """Computes the rate so far, float32 (); NaN before any part of the kind was seen."""
        return self.counted / self.total

    def get_config(self) -> dict[str, Any]:
        """Gives the arguments of the constructor, by which Keras saves the metric."""
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

    def wrong(
        self, defective: keras.KerasTensor, scores: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Takes the defective parts, and the scores that pass a part: bool (B,) each."""
        return defective, scores <= self.threshold


@keras.saving.register_keras_serializable(package="aoi")
class OverkillRate(_VerdictRate):
    """Good parts failed / good parts, over all batches, as `verdict.overkill_rate` has it. Arguments as EscapeRate."""

    def __init__(self, threshold: float = 0.5, name: str = "overkill_rate", dtype: str | None = None) -> None:
        super().__init__(threshold, name, dtype)

    def wrong(
        self, defective: keras.KerasTensor, scores: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Takes the good parts, and the scores that fail a part: bool (B,) each."""
        return keras.ops.logical_not(defective), scores > self.threshold


def _truth_and_scores(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> tuple[keras.KerasTensor, ...]:
    """Defective or not, bool (B,), and the scores, float32 (B,)."""
    defective = keras.ops.reshape(y_true, (-1,)) > 0
    return defective, keras.ops.reshape(keras.ops.cast(y_pred, "float32"), (-1,))
