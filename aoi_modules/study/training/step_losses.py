"""Records the loss of every single step. Keras' own number is the mean over the epoch so far, which hides a step."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aoi_modules.tf import keras

Losses = NDArray[np.float64]


class StepLosses(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no annotations
    """Keeps each step's own loss in `values`. With it, the history of an epoch holds the numbers of the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Forgets the steps before, so that Keras' mean is that of this step."""
        self.model.reset_metrics()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keeps the step's loss."""
        self.values.append(float((logs or {})["loss"]))


def smoothed(losses: Losses, memory: float = 0.9) -> Losses:
    """Computes a running mean that forgets: each value is `memory` parts old mean, and the rest is the new loss.

    The first values are divided by the sum of their weights, so that the mean does not start at 0.

    Args:
        losses: float64 (S,), in the order of the steps.
        memory: in [0, 1).

    Returns:
        float64 (S,).
    """
    found = np.empty(len(losses))
    mean = 0.0
    for step, loss in enumerate(losses):
        mean = memory * mean + (1 - memory) * float(loss)
        found[step] = mean / (1 - memory ** (step + 1))
    return found
