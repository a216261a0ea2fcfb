"""Tables as TensorFlow batches: the decoder and the resize are those of the served graph."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.pipeline import decode_picture, resize_pictures
from aoi_modules.datasets.table import Table
from aoi_modules.errors import NotAPicture
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

BATCH = 64


def batches(
    table: Table, picture: PictureInput, *, batch_size: int = BATCH, shuffle_seed: int | None = None
) -> tf.data.Dataset:
    """Batches of float32 (B, height, width, channels) in [0, 255] and int64 (B,) labels.

    Args:
        table: what to batch.
        picture: the model's input.
        batch_size: B; the last batch may be smaller.
        shuffle_seed: shuffles anew in each epoch, the same way for the same seed; None keeps the order.
    """
    rows = tf.data.Dataset.from_tensor_slices((_column(table), table.labels))
    if shuffle_seed is not None:
        rows = rows.shuffle(len(table), seed=shuffle_seed, reshuffle_each_iteration=True)
    if isinstance(table.pictures, np.ndarray):
        ready = rows.batch(batch_size).map(lambda pixels, labels: (_sized(pixels, picture), labels))
    else:
        size = (picture.height, picture.width, picture.channels)
        decoded = rows.map(lambda encoded, label: (decode_picture(encoded, *size), label), num_parallel_calls=2)
        ready = decoded.batch(batch_size)
    return ready.prefetch(2)


def pixels(table: Table, picture: PictureInput) -> NDArray[np.float32]:
    """All pictures of a table as the model sees them: float32 (N, height, width, channels), in [0, 255].

    Raises:
        NotAPicture: a picture cannot be decoded.
    """
    shape = (0, picture.height, picture.width, picture.channels)
    try:
        found = [np.asarray(block) for block, _ in batches(table, picture)]
    except tf.errors.InvalidArgumentError:
        raise NotAPicture(_culprit(table)) from None
    return np.concatenate(found) if found else np.zeros(shape, np.float32)


def _column(table: Table) -> object:
    return table.pictures if isinstance(table.pictures, np.ndarray) else tf.constant(list(table.pictures), tf.string)


def _sized(block: tf.Tensor, picture: PictureInput) -> tf.Tensor:
    """uint8 (B, h, w, c) -> float32 (B, height, width, channels)."""
    if block.shape[-1] == 1 and picture.channels == 3:
        block = tf.image.grayscale_to_rgb(block)
    return resize_pictures(block, picture.height, picture.width)


def _culprit(table: Table) -> str:
    """Names the first picture that does not decode."""
    for index in range(len(table)):
        try:
            table.picture(index)
        except NotAPicture as error:
            return error.message
    return "a picture of the table cannot be decoded"
