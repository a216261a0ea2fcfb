"""Runs an engine over blocks of pictures."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.training.features.forward import Forward
from tests.training.small import table


def pictures(count: int = 20) -> NDArray[np.float32]:
    """Float32 (count, 32, 32, 3), in [0, 255]."""
    return np.asarray(table(count, 0).pictures, np.float32)


def collect(forward: Forward, rows: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """The features of all rows, in their order, whatever the order in which the engine gave them."""
    found: dict[int, NDArray[np.float32]] = {}
    blocks = ((start, rows[start : start + block]) for start in range(0, len(rows), block))
    forward.run(blocks, lambda row, features: found.update({row: features.copy()}))
    return np.concatenate([found[row] for row in sorted(found)])
