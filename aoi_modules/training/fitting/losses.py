"""The loss and the measures of a head, by what it answers."""

from collections.abc import Sequence

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.plan import Imbalance


@keras.saving.register_keras_serializable(package="aoi")
class LogHuber(keras.losses.Loss):  # type: ignore[misc]  # Keras has no annotations
    """Huber's loss of the logarithms: ten percent count alike for a cheap and a dear thing, and one strange price in
    the list does not pull all others along.

    Args:
        delta: error of the logarithm above which the loss grows no longer with the square; 0.1 is about 10%.
    """

    def __init__(self, delta: float = 0.1, name: str = "log_huber", reduction: str = "sum_over_batch_size") -> None:
        super().__init__(name=name, reduction=reduction)
        self.delta = delta

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Prices above 0: (B, 1) and (B, 1) -> (B,)."""
        return keras.losses.huber(keras.ops.log(y_true), keras.ops.log(y_pred), delta=self.delta)

    def get_config(self) -> dict[str, object]:
        return {"delta": self.delta, "name": self.name, "reduction": self.reduction}


def loss_of(head: Head, imbalance: Imbalance = "none") -> keras.losses.Loss:
    """Classes: cross-entropy of the true label. Defects: binary, or focal. Values: `LogHuber`."""
    focal = imbalance == "focal-loss"
    if head.kind == "value":
        return LogHuber()
    if head.kind == "defect":
        return keras.losses.BinaryFocalCrossentropy() if focal else keras.losses.BinaryCrossentropy()
    return keras.losses.SparseCategoricalCrossentropy()


def measures_of(head: Head) -> list[keras.metrics.Metric]:
    """What an epoch's line says beside the loss."""
    if head.kind == "value":
        return [keras.metrics.MeanAbsolutePercentageError(name="percent_error")]
    if head.kind == "defect":
        return [keras.metrics.BinaryAccuracy(name="accuracy"), keras.metrics.AUC(name="auroc")]
    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]


def compile_for(
    model: keras.Model, heads: Sequence[Head], learning_rate: object, *, imbalance: Imbalance = "none"
) -> None:
    """Compiles a model whose outputs are a dict with an entry for each head.

    Args:
        model: what is to be fitted.
        heads: of the outputs.
        learning_rate: a number, or a Keras schedule.
        imbalance: only the focal loss matters here.
    """
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss={head.name: loss_of(head, imbalance) for head in heads},
        metrics={head.name: measures_of(head) for head in heads},
        weighted_metrics=[],
    )
