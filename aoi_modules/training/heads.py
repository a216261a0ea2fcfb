"""Heads: from features to the numbers that the servable answers, and the model that joins backbone and head."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras

SMALLEST_SPREAD = 0.03
"""A feature's standard deviation counts as at least this share of the mean one: a feature that hardly moved in
training would otherwise be blown up in production."""


def output_layer(head: Head, *, l2: float = 0.0) -> keras.layers.Layer:
    """The last layer of a head. Output shape: (N, K) for K labels, else (N, 1)."""
    units, activation = {
        "class": (len(head.labels), "softmax"),
        "defect": (1, "sigmoid"),
        "value": (1, "linear"),
    }[head.kind]
    return keras.layers.Dense(
        units, activation=activation, kernel_regularizer=keras.regularizers.L2(l2) if l2 else None, name=head.name
    )


def feature_head(head: Head, features: NDArray[np.float32], *, l2: float = 0.2) -> keras.Model:
    """A head for given features: it standardises them by their own mean and spread, then weighs them.

    Without standardising, the tiny features of a backbone with random weights train to nothing.

    Args:
        head: what it answers.
        features: float32 (N, F) of the training pictures.
        l2: how strongly large weights are punished; there are nearly as many features as pictures.

    Input shape: float32 (N, F). Output shape: float32 (N, K).
    """
    mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    spread = np.maximum(spread, SMALLEST_SPREAD * spread.mean())
    spread[spread == 0.0] = 1.0
    x = keras.Input((features.shape[1],), name="features")
    # In two layers, because Normalization takes no spread under 1e-7, and a random MobileNet's features have less.
    y = keras.layers.Normalization(mean=mean.tolist(), variance=np.ones_like(mean).tolist())(x)
    y = keras.layers.Rescaling((1 / spread).tolist())(y)
    return keras.Model(x, output_layer(head, l2=l2)(y), name=f"{head.name}_head")


def join(backbone: keras.Model, head_model: keras.Model, head: Head) -> keras.Model:
    """One model from backbone and head: input `image`, output a dict with one entry named after the head."""
    return named(keras.Model(backbone.inputs[0], head_model(backbone.outputs[0])), head)


def named(model: keras.Model, head: Head) -> keras.Model:
    """The same layers, with the output in a dict under the head's name."""
    return keras.Model(model.inputs[0], {head.name: model.outputs[0]}, name="model")
