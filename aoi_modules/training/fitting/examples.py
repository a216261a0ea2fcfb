"""What a model is fitted to: pictures, or the features of pictures. Both give the same kinds of batches."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import batches, shuffled_batches, steps_per_epoch, training_batches
from aoi_modules.datasets.table import Indices, Table
from aoi_modules.modelstore.layout import FEATURES
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

PICTURE_FEATURES = "picture_features"
EVALUATION_BATCH = 256


class Examples(Protocol):
    """Rows with targets, as a stream of batches `(inputs, targets[, weights])`; see `datasets.batches`."""

    def steps(self, batch_size: int) -> int:
        """Batches of an epoch."""

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        """The shuffled batches of the epochs `first_epoch` to `epochs - 1`."""

    def once(self) -> tf.data.Dataset:
        """All rows in their order."""


@dataclass(frozen=True)
class PictureExamples:
    """Pictures as the model sees them.

    Args:
        table: the rows.
        picture: the model's input.
        rows: which rows an epoch takes, rare ones perhaps several times; None takes each once.
    """

    table: Table
    picture: PictureInput
    rows: Indices | None = None

    def steps(self, batch_size: int) -> int:
        return steps_per_epoch(len(self.table) if self.rows is None else len(self.rows), batch_size)

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        return training_batches(
            self.table,
            self.picture,
            batch_size=batch_size,
            epochs=epochs,
            first_epoch=first_epoch,
            seed=seed,
            rows=self.rows,
        )

    def once(self) -> tf.data.Dataset:
        return batches(self.table, self.picture, batch_size=EVALUATION_BATCH)


@dataclass(frozen=True)
class FeatureExamples:
    """Ready features; a picture may have several views (mirror images), each with the picture's targets.

    Args:
        values: float16 or float32 (V, N, F), V views of N pictures.
        table: the N rows.
        rows: which of the N pictures an epoch takes; None takes each once. All views are taken.
    """

    values: NDArray[np.float32] | NDArray[np.float16]
    table: Table
    rows: Indices | None = None

    def steps(self, batch_size: int) -> int:
        return steps_per_epoch(len(self._chosen()), batch_size)

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        views, count, _ = self.values.shape
        order = shuffled_batches(views * count, batch_size, epochs, first_epoch, seed, self._chosen())
        return self._filled(order)

    def once(self) -> tf.data.Dataset:
        """The pictures as they are: the first view only."""
        return self._filled(tf.data.Dataset.range(len(self.table)).batch(EVALUATION_BATCH))

    def _chosen(self) -> Indices:
        views, count, _ = self.values.shape
        rows = np.arange(count) if self.rows is None else self.rows
        return np.concatenate([view * count + rows for view in range(views)]).astype(np.int64)

    def _filled(self, order: tf.data.Dataset) -> tf.data.Dataset:
        """Row v * N + n is view v of picture n."""
        views, count, width = self.values.shape
        flat = tf.constant(self.values.reshape(views * count, width))
        targets = {target.name: tf.constant(target.values) for target in self.table.targets}
        weights = {one.name: tf.constant(one.weights) for one in self.table.targets if one.weights is not None}
        numbers = None if self.table.features is None else tf.constant(self.table.features)

        def fill(rows: tf.Tensor) -> tuple[object, ...]:
            pictures = rows % count
            inputs = {PICTURE_FEATURES: tf.cast(tf.gather(flat, rows), tf.float32)}
            if numbers is not None:
                inputs[FEATURES] = tf.gather(numbers, pictures)
            wanted = {name: tf.gather(values, pictures) for name, values in targets.items()}
            if not weights:
                return inputs, wanted
            ones = tf.ones(tf.shape(rows), tf.float32)
            return (
                inputs,
                wanted,
                {name: tf.gather(weights[name], pictures) if name in weights else ones for name in targets},
            )

        return order.map(fill, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)
