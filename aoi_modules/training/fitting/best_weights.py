"""The weights of the epoch that was best, on the disk until the training is done."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aoi_modules.tf import keras
from aoi_modules.training.fitting import state_file

FILE_NAME = "best.npz"


class BestWeights(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no annotations
    """Keeps the weights of the epoch with the lowest loss on the validation rows.

    Keras' own ModelCheckpoint writes by HDF5, which on a full disk says so in many lines and ends the process.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / FILE_NAME
        self.best: float | None = None

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Writes them when they are the best so far.

        Raises:
            ModelError: the disk takes no more; the training goes on later.
        """
        loss = float((logs or {})["val_loss"])
        if self.best is None or math.isnan(self.best) or loss < self.best:
            state_file.write(self.path, [np.asarray(variable) for variable in self.model.variables])
            self.best = loss

    def bring_back(self, model: keras.Model) -> None:
        """Gives a model the best weights; without any it stays as it is.

        Raises:
            ModelError: they are damaged, or those of another model.
        """
        if not self.path.is_file():
            return
        values, _ = state_file.read(self.path, [tuple(variable.shape) for variable in model.variables])
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
