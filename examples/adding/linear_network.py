"""NumPy archives -> networks: a weighted sum of the pixels for each unit, as linear models of other libraries give.

ARCHITECTURE.md, "A source reader", makes this a module of aoi_modules/export/readers/.
"""

from pathlib import Path

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.reading import Reading
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf


def read_linear_network(path: Path, reading: Reading) -> Network:
    """Reads `weights` float32 (H, W, C, K) and `bias` float32 (K,); the output `score` is (N, K) in [0, 1].

    Args:
        path: the archive.
        reading: not needed, the archive says everything.

    Raises:
        ModelError: the archive has other arrays.
    """
    with np.load(path) as archive:
        if set(archive) != {"weights", "bias"}:
            raise ModelError(f"{path}: expected the arrays weights and bias. Received: {', '.join(archive)}")
        weights, bias = archive["weights"], archive["bias"]
    height, width, channels, units = weights.shape
    table = weights.reshape(-1, units)  # (H * W * C, K)

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        flat = tf.reshape(pictures, (-1, len(table)))  # (N, H * W * C)
        return {"score": tf.sigmoid(tf.matmul(flat, table) + bias)}  # (N, K)

    return Network(run, PictureInput(height=height, width=width, channels=channels), {"score": units}, origin=str(path))
