"""What a model is fitted to: pictures, or features of pictures. Both give batches of the same form."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from aoi_modules.datasets.batches import batches, shuffled_batches, steps_per_epoch, training_batches
from aoi_modules.datasets.table import Indices, Table
from aoi_modules.modelstore.layout import FEATURES
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf
from aoi_modules.training.features.cache import Features
from aoi_modules.training.networks.heads import PICTURE_FEATURES

EVALUATION_BATCH = 256


class Examples(Protocol):
    """Rows with targets, as a stream of batches `(inputs, targets[, weights])`; see `datasets.batches`."""

    def steps(self, batch_size: int) -> int:
        """Counts the batches of an epoch."""

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        """Gives the shuffled batches of the epochs `first_epoch` to `epochs - 1`."""

    def once(self) -> tf.data.Dataset:
        """Gives batches of all rows once, in their order."""


@dataclass(frozen=True)
class PictureExamples:
    """Pictures as the model sees them.

    Args:
        table: the rows.
        picture_input: the model's input.
        rows: which rows an epoch takes, rare ones perhaps several times; None takes each once.
    """

    table: Table
    picture_input: PictureInput
    rows: Indices | None = None

    def steps(self, batch_size: int) -> int:
        """Counts the batches of an epoch."""
        return steps_per_epoch(len(self.table) if self.rows is None else len(self.rows), batch_size)

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        """Gives shuffled batches of decoded pictures; see `datasets.batches.training_batches`."""
        return training_batches(
            self.table,
            self.picture_input,
            batch_size=batch_size,
            epochs=epochs,
            first_epoch=first_epoch,
            seed=seed,
            rows=self.rows,
        )

    def once(self) -> tf.data.Dataset:
        """Gives batches of all pictures once, in their order."""
        return batches(self.table, self.picture_input, batch_size=EVALUATION_BATCH)


@dataclass(frozen=True)
class FeatureExamples:
    """Ready features. A picture may have several views, such as mirror images, each with the picture's targets.

    Args:
        values: float16 or float32 (V, N, F), V views of N pictures.
        table: the N rows.
        rows: which of the N pictures an epoch takes; None takes each once. All views are taken.
    """

    values: Features
    table: Table
    rows: Indices | None = None

    def steps(self, batch_size: int) -> int:
        """Counts the batches of an epoch, in which every view of every chosen picture comes once."""
        return steps_per_epoch(len(self._chosen()), batch_size)

    def stream(self, batch_size: int, epochs: int, first_epoch: int, seed: int) -> tf.data.Dataset:
        """Gives shuffled batches of features, `picture_features` float32 (B, F), with the pictures' numbers if any."""
        views, count, _ = self.values.shape
        order = shuffled_batches(views * count, batch_size, epochs, first_epoch, seed, self._chosen())
        return self._filled(order)

    def once(self) -> tf.data.Dataset:
        """Gives batches of all pictures once, as they are: the first view only."""
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
