"""Frozen graphs of several heads, made by hand: which layers are shared is known before."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aoi_modules.export.graph import GraphDef
from aoi_modules.export.rewriting.sharing import share
from aoi_modules.tf import tf

CHANNELS = 8


@dataclass(frozen=True)
class Made:
    """One model: its layers are known by their seeds, and models that begin with the same seeds share those layers."""

    layers: tuple[int, ...]
    size: tuple[int, int] = (24, 32)
    features: int = 0


def merged(models: Mapping[str, Made]) -> GraphDef:
    """{head: model} -> the graph of `image`, uint8 (N, h, w, 3), and of `features` if a model takes any."""
    width = max(model.features for model in models.values())
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.uint8, (None, None, None, 3), name="image")
        features = tf.compat.v1.placeholder(tf.float32, (None, width), name="features") if width else None
        for number, (head, model) in enumerate(models.items()):
            x = tf.image.resize(tf.cast(image, tf.float32), model.size) * np.float32(1 / 255)
            for depth, seed in enumerate(model.layers):
                x = tf.nn.relu(tf.nn.conv2d(x, weights(seed, 3, 3, 3 if depth == 0 else CHANNELS, CHANNELS), 2, "SAME"))
            x = tf.reduce_mean(x, (1, 2))
            if model.features:
                x = tf.concat([x, features], 1)
            inner = x.shape[1]
            tf.identity(tf.sigmoid(tf.matmul(x, weights(100 + number, inner, 1))), name=head)
    return share(graph.as_graph_def(), list(models))


def weights(seed: int, *shape: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).normal(0, 0.3, shape).astype(np.float32))
