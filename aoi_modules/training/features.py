"""The features of pictures, computed once: a frozen backbone answers the same in every epoch."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import batches
from aoi_modules.datasets.table import Table
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf

FLIPS: tuple[Callable[[tf.Tensor], tf.Tensor], ...] = (
    tf.identity,
    tf.image.flip_left_right,
    tf.image.flip_up_down,
    lambda block: tf.image.flip_up_down(tf.image.flip_left_right(block)),
)


def features(
    backbone: keras.Model, table: Table, picture: PictureInput, *, flips: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Runs the backbone over a table.

    Args:
        backbone: from float32 (N, H, W, C) to (N, F).
        table: N pictures.
        picture: the backbone's input.
        flips: also the three mirror images of each picture.

    Returns:
        float32 (N, F) and int64 (N,), or four times as many rows with `flips`.
    """
    variants = FLIPS if flips else FLIPS[:1]
    forward = tf.function(lambda block: backbone(block, training=False), reduce_retracing=True)
    rows: list[NDArray[np.float32]] = []
    labels: list[NDArray[np.int64]] = []
    for block, block_labels in batches(table, picture):
        for variant in variants:
            rows.append(forward(variant(block)).numpy())
            labels.append(block_labels.numpy())
    return np.concatenate(rows), np.concatenate(labels)
