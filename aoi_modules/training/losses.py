"""The loss and the measures of a head, by what it answers."""

from collections.abc import Sequence

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.plan import Imbalance


def loss_of(head: Head, imbalance: Imbalance = "none") -> keras.losses.Loss:
    """Classes: cross-entropy of the true label. Defects: binary, or focal. Values: squared error of the logarithm,
    so that ten percent count alike for a cheap and a dear thing."""
    focal = imbalance == "focal-loss"
    if head.kind == "value":
        return keras.losses.MeanSquaredLogarithmicError()
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
