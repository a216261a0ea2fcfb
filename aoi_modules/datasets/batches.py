"""Turns tables into TensorFlow batches, with the decoder and the resize of the served graph.

A batch is `(inputs, targets)`, or `(inputs, targets, weights)` when a target weighs its rows:

    inputs    float32 (B, height, width, channels) in [0, 255]; with features a dict of `image` and
              `features` float32 (B, F)
    targets   head -> int64 (B,) or float32 (B,)
    weights   head -> float32 (B,)

Pictures are decoded when their batch is due. Until then they stay as they are, so a larger input of the model needs no
more memory.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.decoding import decode_picture, gray, resize_pictures
from aoi_modules.datasets.table import Indices, Table
from aoi_modules.errors import NotAPicture
from aoi_modules.modelstore.layout import FEATURES, IMAGE
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.pictures.decoding import decode
from aoi_modules.tf import tf

BATCH = 64
LARGEST = 2**23
"""Pixels of a batch: large pictures come few at a time, so that memory does not grow with their size."""


def rows_at_once(picture_input: PictureInput, most: int = BATCH) -> int:
    """Gives the number of pictures of a batch, at least 1 and at most `most`, by their size."""
    return max(1, min(most, LARGEST // (picture_input.height * picture_input.width)))


def batches(table: Table, picture_input: PictureInput, *, batch_size: int | None = None) -> tf.data.Dataset:
    """Gives the rows of a table once, in their order, as the module says; the last batch may be smaller.

    Args:
        table: what to batch.
        picture_input: the model's input.
        batch_size: B; None chooses it by the pictures' size.
    """
    order = tf.data.Dataset.range(len(table)).batch(batch_size or rows_at_once(picture_input))
    return _filled(order, table, picture_input)


def training_batches(
    table: Table,
    picture_input: PictureInput,
    *,
    batch_size: int,
    epochs: int,
    first_epoch: int = 0,
    seed: int = 0,
    rows: Indices | None = None,
) -> tf.data.Dataset:
    """Gives the rows of a table epoch after epoch, each in an order of its own; batches are as the module says.

    An epoch's order depends on the seed and the epoch's number alone, so a training that was killed goes on with the
    very batches that it would have seen.

    Args:
        table: what to batch.
        picture_input: the model's input.
        batch_size: B; the last batch of an epoch may be smaller.
        epochs: number of the last epoch, plus one.
        first_epoch: number of the first epoch.
        seed: of the order.
        rows: int64 (M,), which rows an epoch takes, for example rare ones several times; None takes each once.
    """
    return _filled(shuffled_batches(len(table), batch_size, epochs, first_epoch, seed, rows), table, picture_input)


def shuffled_batches(
    count: int, batch_size: int, epochs: int, first_epoch: int = 0, seed: int = 0, rows: Indices | None = None
) -> tf.data.Dataset:
    """Gives batches of row numbers, shuffled by seed and epoch: int64 (B,), the last of an epoch may be smaller.

    Args:
        count: rows, numbered from 0.
        batch_size: B.
        epochs: number of the last epoch, plus one.
        first_epoch: number of the first epoch.
        seed: of the order.
        rows: int64 (M,), which rows an epoch takes; None takes each once.
    """
    chosen = tf.constant(np.arange(count, dtype=np.int64) if rows is None else rows)

    def epoch_order(epoch: tf.Tensor) -> tf.data.Dataset:
        lots = tf.random.stateless_uniform([len(chosen)], seed=tf.stack([tf.constant(seed, tf.int64), epoch]))
        return tf.data.Dataset.from_tensor_slices(tf.gather(chosen, tf.argsort(lots))).batch(batch_size)

    return tf.data.Dataset.range(first_epoch, epochs).flat_map(epoch_order)


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Counts the batches of an epoch with so many rows."""
    return -(-rows // batch_size)


def pixels(table: Table, picture_input: PictureInput) -> NDArray[np.float32]:
    """Gives all pictures of a table as the model sees them: float32 (N, height, width, channels), in [0, 255].

    Raises:
        NotAPicture: a picture cannot be decoded.
    """
    shape = (0, picture_input.height, picture_input.width, picture_input.channels)
    find = _pictures(table, picture_input)
    order = tf.data.Dataset.range(len(table)).batch(rows_at_once(picture_input))
    with broken_pictures_named(table):
        found = [np.asarray(block) for block in order.map(find)]
    return np.concatenate(found) if found else np.zeros(shape, np.float32)


@contextmanager
def broken_pictures_named(*tables: Table) -> Iterator[None]:
    """Says which picture it was when TensorFlow cannot read or decode one in the block; it does not tell that itself.

    Args:
        tables: whose pictures the block reads. Every other error passes through.

    Raises:
        NotAPicture: a picture is gone, changed or damaged since it was looked at; names it and the cause.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if not (broken := broken_picture(*tables)):
            raise
        raise NotAPicture(broken) from error


def broken_picture(*tables: Table) -> str:
    """Names the first picture that cannot be read and decoded now, and says why; empty where all can."""
    for table in tables:
        if isinstance(table.pictures, np.ndarray):
            continue
        for index, picture in enumerate(table.pictures):
            name = picture if isinstance(picture, Path) else table.ids[index]
            try:
                content = table.encoded(index)
            except NotAPicture as error:
                return error.message
            try:
                decode(content)
            except NotAPicture as error:
                return f"{name}: {error.message}"
    return ""


def _filled(order: tf.data.Dataset, table: Table, picture_input: PictureInput) -> tf.data.Dataset:
    """Turns batches of row numbers into batches of the table."""
    find = _pictures(table, picture_input)
    targets = {target.name: tf.constant(target.values) for target in table.targets}
    weights = {
        target.name: tf.constant(target.weights if target.weights is not None else np.ones(len(table), np.float32))
        for target in table.targets
    }
    weighted = any(target.weights is not None for target in table.targets)
    features = None if table.features is None else tf.constant(table.features, tf.float32)

    def fill(rows: tf.Tensor) -> tuple[object, ...]:
        image = find(rows)
        inputs = image if features is None else {IMAGE: image, FEATURES: tf.gather(features, rows)}
        wanted = {name: tf.gather(values, rows) for name, values in targets.items()}
        if not weighted:
            return inputs, wanted
        return inputs, wanted, {name: tf.gather(values, rows) for name, values in weights.items()}

    if rows_at_once(picture_input) == 1:  # each of them takes hundreds of megabytes
        return order.map(fill).prefetch(1)
    return order.map(fill, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)


def _pictures(table: Table, picture_input: PictureInput) -> Callable[[tf.Tensor], tf.Tensor]:
    """Gives a function from row numbers (B,) to pictures float32 (B, height, width, channels)."""
    size = (picture_input.height, picture_input.width, picture_input.channels)
    if isinstance(table.pictures, np.ndarray):
        frames = tf.constant(table.pictures)
        return lambda rows: _sized(tf.gather(frames, rows), picture_input)
    from_disk = bool(table.pictures) and not isinstance(table.pictures[0], bytes)
    # A file's name is bytes, of which no encoding need make text.
    column = tf.constant([os.fsencode(one) if from_disk else one for one in table.pictures], tf.string)

    def decoded(one: tf.Tensor) -> tf.Tensor:
        return decode_picture(tf.io.read_file(one) if from_disk else one, *size)

    return lambda rows: tf.map_fn(decoded, tf.gather(column, rows), fn_output_signature=tf.TensorSpec(size, tf.float32))


def _sized(block: tf.Tensor, picture_input: PictureInput) -> tf.Tensor:
    """uint8 (B, h, w, c) -> float32 (B, height, width, channels)."""
    if block.shape[-1] == 3 and picture_input.channels == 1:
        block = gray(block)
    resized = resize_pictures(block, picture_input.height, picture_input.width)
    return tf.image.grayscale_to_rgb(resized) if block.shape[-1] < picture_input.channels else resized
