"""Fits models: with pictures end to end, or heads with ready features. One line an epoch, a bar on a terminal."""

import time
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import batches
from aoi_modules.datasets.progress import Advance, on_terminal, progress, say
from aoi_modules.datasets.table import Split
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras, tf

History = dict[str, list[float]]
"""Measure -> its value after each epoch; what was measured on the validation pictures starts with `validation_`."""
Log = Callable[[str], None]
LINES = 10
"""Lines that a long training writes at most."""

LOSSES = {"class": "sparse_categorical_crossentropy", "defect": "binary_crossentropy", "value": "mse"}
MEASURES = {"class": ["accuracy"], "defect": ["accuracy"], "value": ["mae"]}


def fit_pictures(
    model: keras.Model,
    head: Head,
    split: Split,
    picture: PictureInput,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 2e-3,
    seed: int = 0,
    log: Log = say,
) -> History:
    """Trains all layers of `model`, whose one output is the head's, on the pictures of `split.train`."""
    _compile(model, head, learning_rate)
    return _fit(
        model,
        batches(split.train, picture, batch_size=batch_size, shuffle_seed=seed),
        batches(split.validation, picture, batch_size=256),
        epochs=epochs,
        class_weight=None,
        log=log,
    )


def fit_features(
    model: keras.Model,
    head: Head,
    train: tuple[NDArray[np.float32], NDArray[np.int64]],
    validation: tuple[NDArray[np.float32], NDArray[np.int64]],
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    seed: int = 0,
    log: Log = say,
) -> History:
    """Trains a head on features (N, F) and labels (N,); a defect head weighs the rarer label up."""
    _compile(model, head, learning_rate)
    rows = tf.data.Dataset.from_tensor_slices(train).shuffle(len(train[1]), seed=seed).batch(batch_size)
    return _fit(
        model,
        rows,
        tf.data.Dataset.from_tensor_slices(validation).batch(256),
        epochs=epochs,
        class_weight=balance(train[1]) if head.kind == "defect" else None,
        log=log,
    )


def balance(labels: NDArray[np.int64]) -> dict[int, float]:
    """Weights that make every label count the same in total."""
    values, counts = np.unique(labels, return_counts=True)
    return {int(value): len(labels) / (len(values) * int(count)) for value, count in zip(values, counts, strict=True)}


def _compile(model: keras.Model, head: Head, learning_rate: float) -> None:
    model.compile(keras.optimizers.Adam(learning_rate), loss=LOSSES[head.kind], metrics=MEASURES[head.kind])


def _fit(
    model: keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    *,
    epochs: int,
    class_weight: dict[int, float] | None,
    log: Log,
) -> History:
    with progress("training", epochs, unit="epochs") if on_terminal() else nullcontext(_nothing) as advance:
        lines = _EpochLines(epochs, log, advance)
        fitted = model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            class_weight=class_weight,
            verbose=0,
            shuffle=False,
            callbacks=[lines],
        )
    return {_our_name(name): [float(value) for value in values] for name, values in fitted.history.items()}


class _EpochLines(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no annotations
    """Says how training goes."""

    def __init__(self, epochs: int, log: Log, advance: Advance) -> None:
        super().__init__()
        self.epochs, self.log, self.advance = epochs, log, advance
        self.every = max(1, epochs // LINES)
        self.start = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.advance(1)
        if (epoch + 1) % self.every and epoch + 1 != self.epochs:
            return
        measures = ", ".join(f"{_our_name(name).replace('_', ' ')} {value:.4f}" for name, value in (logs or {}).items())
        self.log(f"epoch {epoch + 1}/{self.epochs}: {measures} ({time.perf_counter() - self.start:.1f} s)")


def _our_name(name: str) -> str:
    return name.replace("val_", "validation_", 1) if name.startswith("val_") else name


def _nothing(amount: int) -> None:
    """On plain output the epoch lines are the progress."""
