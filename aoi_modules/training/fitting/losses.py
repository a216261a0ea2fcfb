"""The loss and the measures of a head, by what it answers."""

from collections.abc import Sequence

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.wishes import Imbalance


@keras.saving.register_keras_serializable(package="aoi")
class LogHuber(keras.losses.Loss):  # type: ignore[misc]  # Keras has no annotations
    """Huber's loss of the logarithms: an error of 10% counts the same for low and high prices, and one strange price
    in the data does not pull all answers towards it.

    Args:
        delta: up to this error of the logarithm the loss grows with the square, above it linearly; 0.1 is about 10%.
    """

    def __init__(self, delta: float = 0.1, name: str = "log_huber", reduction: str = "sum_over_batch_size") -> None:
        super().__init__(name=name, reduction=reduction)
        self.delta = delta

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Computes the loss of each row, float32 (B,), from true and answered prices above 0, float32 (B, 1) each."""
        return keras.losses.huber(keras.ops.log(y_true), keras.ops.log(y_pred), delta=self.delta)

    def get_config(self) -> dict[str, object]:
        """Gives the arguments of the constructor, by which Keras saves the loss."""
        return {"delta": self.delta, "name": self.name, "reduction": self.reduction}


def loss_of(head: Head, imbalance: Imbalance = "none") -> keras.losses.Loss:
    """Chooses the loss of a head: cross-entropy for classes, binary or focal for defects, `LogHuber` for values."""
    focal = imbalance == "focal-loss"
    if head.kind == "value":
        return LogHuber()
    if head.kind == "defect":
        return keras.losses.BinaryFocalCrossentropy() if focal else keras.losses.BinaryCrossentropy()
    return keras.losses.SparseCategoricalCrossentropy()


def measures_of(head: Head) -> list[keras.metrics.Metric]:
    """Chooses the measures that an epoch's line tells beside the loss."""
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
        imbalance: `focal-loss` changes the loss; the other ways do not.
    """
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss={head.name: loss_of(head, imbalance) for head in heads},
        metrics={head.name: measures_of(head) for head in heads},
        weighted_metrics=[],
    )
