"""Small graphs of TensorFlow 1."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.tf import tf

v1 = tf.compat.v1
KERNEL = np.random.default_rng(3).normal(size=(3, 3, 3, 2)).astype(np.float32) / 10
PICTURES = np.random.default_rng(4).uniform(0, 255, (3, 8, 12, 3)).astype(np.float32)


def convolution(pictures: Any, kernel: Any = KERNEL) -> Any:
    """float32 (N, H, W, 3) -> (N, 2)."""
    return tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(pictures, kernel, 2, "SAME")), axis=(1, 2))


def expected() -> NDArray[np.float32]:
    """Scores of PICTURES, (3, 2)."""
    return convolution(tf.constant(PICTURES)).numpy()  # type: ignore[no-any-return]


def write(graph: tf.Graph, path: Path) -> Path:
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path
