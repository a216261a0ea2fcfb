"""Heads: from features to the numbers that the servable answers, and the model that joins backbone and heads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Table
from aoi_modules.modelstore.layout import FEATURES, IMAGE
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.networks.number_columns import NumberColumns, emphasis, number_features

PICTURE_FEATURES = "picture_features"
"""Input of heads that are fitted to ready features, float32 (N, F)."""
SMALLEST_SPREAD = 0.03
"""A feature's standard deviation counts as at least this share of the mean one. Otherwise a feature that hardly varied
in training would become very large in production."""
L2 = 0.2
"""How strongly large weights of a head are punished: there are nearly as many features as pictures, so they must be."""


@dataclass(frozen=True)
class Scale:
    """The training pictures' mean and standard deviation of each feature, and the few directions that are kept.

    Args:
        mean: float64 (F,).
        spread: float64 (F,).
        directions: float32 (F, D), or None to keep all F features.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    directions: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, features: NDArray[np.float32] | NDArray[np.float16], *, components: int = 0) -> "Scale":
        """Measures features, float (N, F).

        Without standardising, heads learn nothing from the tiny features of a backbone with random weights.

        Args:
            features: of the training pictures.
            components: directions to keep, those of the greatest spread; 0 keeps all features. A thousand weights are
                too many for a few hundred pictures.
        """
        mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
        spread = np.maximum(spread, SMALLEST_SPREAD * spread.mean())
        spread[spread == 0.0] = 1.0
        if not components:
            return cls(mean, spread)
        return cls(mean, spread, _principal((features - mean) / spread, components))

    def layers(self) -> list[keras.layers.Layer]:
        """Makes the layers that standardise features, float32 (N, F) -> (N, F), or (N, D) with directions."""
        # Two layers, because Normalization takes no spread under 1e-7, and a random MobileNet's features have less.
        ones = np.ones_like(self.mean).tolist()
        found = [
            keras.layers.Normalization(mean=self.mean.tolist(), variance=ones),
            keras.layers.Rescaling((1 / self.spread).tolist()),
        ]
        if self.directions is None:
            return found
        weights = keras.initializers.Constant(self.directions)
        kept = self.directions.shape[1]
        return [*found, keras.layers.Dense(kept, use_bias=False, kernel_initializer=weights, trainable=False)]


def _principal(standardised: NDArray[np.float64], components: int) -> NDArray[np.float32]:
    """The directions of the greatest spread, so long that the first has spread 1: (N, F) -> (F, D)."""
    _, values, directions = np.linalg.svd(standardised, full_matrices=False)
    kept = min(components, len(values))
    length = max(values[0] / np.sqrt(len(standardised)), 1e-12)
    return np.asarray(directions[:kept].T / length, np.float32)


def head_model(
    heads: Sequence[Head],
    scale: Scale,
    table: Table,
    *,
    l2: float = L2,
    columns: NumberColumns | None = None,
) -> keras.Model:
    """Builds heads for given features, which are standardised first; each head is one Dense layer.

    Args:
        heads: what is answered.
        scale: of the features.
        table: training rows; value heads start from the mean and spread of their target.
        l2: how strongly large weights are punished.
        columns: how the numbers that come with a picture are read; None when there are none.

    Input shape: a dict of `picture_features` float32 (N, F) and, with columns, `features` float32 (N, numbers).
    Output shape: a dict, head -> float32 (N, K).
    """
    inputs = {PICTURE_FEATURES: keras.Input((len(scale.mean),), name=PICTURE_FEATURES)}
    x = inputs[PICTURE_FEATURES]
    for layer in scale.layers():
        x = layer(x)
    if columns is None:
        return keras.Model(inputs, {head.name: answer(head, x, table, l2=l2) for head in heads}, name="heads")
    inputs[FEATURES] = keras.Input((len(columns.names),), name=FEATURES)
    numbers = number_features(columns, inputs[FEATURES], factor=emphasis(x.shape[-1]))
    x = keras.layers.Concatenate()([x, numbers])
    return keras.Model(inputs, {head.name: answer(head, x, table, l2=l2) for head in heads}, name="heads")


def answer(head: Head, x: keras.KerasTensor, table: Table, *, l2: float = 0.0) -> keras.KerasTensor:
    """Builds the last layers of a head: from features (N, F) to float32 (N, K) for K labels, else (N, 1).

    A value head answers in the unit of its target: it learns how many spreads the target's logarithm is from its mean.
    """
    units, activation = {
        "class": (len(head.labels), "softmax"),
        "defect": (1, "sigmoid"),
        "value": (1, "linear"),
    }[head.kind]
    regularizer = keras.regularizers.L2(l2) if l2 else None
    name = f"{head.name}_deviation" if head.kind == "value" else head.name
    y = keras.layers.Dense(units, activation=activation, kernel_regularizer=regularizer, dtype="float32", name=name)(x)
    if head.kind != "value":
        return y
    logarithms = np.log(table.target(head.name).values.astype(np.float64))
    y = keras.layers.Rescaling(float(logarithms.std()) or 1.0, offset=float(logarithms.mean()), dtype="float32")(y)
    return keras.layers.Activation("exponential", dtype="float32", name=head.name)(y)


def join(backbone: keras.Model, heads: keras.Model) -> keras.Model:
    """Joins backbone and heads to one model.

    Input shape: `image` float32 (N, H, W, C); with numbers a dict of `image` and `features`. Output: as the heads'.
    """
    image = backbone.inputs[0]
    features = {PICTURE_FEATURES: backbone.outputs[0]}
    # Without the loss that the heads were fitted with: whoever loads the file need not know a loss of ours.
    heads = keras.Model(heads.input, heads.output, name=heads.name)
    if FEATURES not in heads.input:
        return keras.Model(image, heads(features), name="model")
    numbers = keras.Input(tuple(heads.input[FEATURES].shape[1:]), name=FEATURES)
    return keras.Model({IMAGE: image, FEATURES: numbers}, heads({**features, FEATURES: numbers}), name="model")


def end_to_end(backbone: keras.Model, heads: Sequence[Head], table: Table) -> keras.Model:
    """Joins a backbone that is to be trained and plain heads to one model, to be trained end to end.

    Input shape: `image` float32 (N, H, W, C), in [0, 255]. Output shape: a dict, head -> float32 (N, K).
    """
    x = backbone.outputs[0]
    return keras.Model(backbone.inputs[0], {head.name: answer(head, x, table) for head in heads}, name="model")
