"""Small graphs with drawn weights, to be rewritten and compared."""

from collections.abc import Callable

import numpy as np

from aoi_modules.export.graph import GraphDef
from aoi_modules.tf import tf

_RANDOM = np.random.default_rng(3)


def pictures(channels: int) -> np.ndarray:
    """Two of them, as such a graph takes them: float32 (2, 8, 9, channels)."""
    return _RANDOM.normal(size=(2, 8, 9, channels)).astype(np.float32)


def drawn(*shape: int) -> np.ndarray:
    """Weights that are not near 0, float32."""
    return _RANDOM.uniform(0.5, 1.5, shape).astype(np.float32)


def graph_of(build: Callable[[tf.Tensor], tf.Tensor], channels: int) -> GraphDef:
    """A graph from `image`, float32 (N, 8, 9, channels), to `head`."""
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 8, 9, channels), name="image")
        tf.identity(build(image), name="head")
    return graph.as_graph_def()
