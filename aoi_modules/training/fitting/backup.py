"""A training's state on the disk after every epoch, so that a killed training goes on and ends at the same place.

Keras' own BackupAndRestore keeps weights, optimizer and the number of the epoch. It forgets what changes the result:
the seeds of dropout and augmentation, how long early stopping has waited, the history. A kill while it writes leaves a
damaged file. This callback keeps all of that, in one file that is replaced in one step.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from aoi_modules.tf import keras
from aoi_modules.training.fitting import state_file
from aoi_modules.training.fitting.unfinished import CSV_NAME

FILE_NAME = "state.npz"
REMEMBERED = ("wait", "best", "best_epoch", "cooldown_counter", "stopped_epoch")
"""Attributes in which Keras' callbacks count."""

History = dict[str, list[float]]
"""Measure -> its value after each epoch."""


class Backup(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no annotations
    """Writes the state of a training after every epoch, and `training.csv` for people.

    Put it last in the list: what the others count in an epoch belongs to the state after that epoch.

    Args:
        folder: where the state is kept.
        others: the callbacks whose counters are kept too, always the same ones in the same order.
    """

    def __init__(self, folder: Path, others: Sequence[keras.callbacks.Callback] = ()) -> None:
        super().__init__()
        self.path, self.csv = folder / FILE_NAME, folder / CSV_NAME
        self.others = tuple(others)
        self.history: History = {}
        self.counters: list[dict[str, Any]] = []
        self.stopped = False

    def restore(self, model: keras.Model) -> int:
        """Brings model and optimizer to where the training was, and gives the number of epochs that are done.

        Raises:
            ModelError: the state is damaged, or belongs to another model.
        """
        if not self.path.is_file():
            return 0
        model.optimizer.build(model.trainable_variables)
        variables = _variables(model)
        values, text = state_file.read(self.path, [tuple(variable.shape) for variable in variables])
        note = msgspec.json.decode(text)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self.history, self.counters, self.stopped = note["history"], note["counters"], note["stopped"]
        return int(note["epochs"])

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Gives the other callbacks their counters back; Keras has just set them to nothing."""
        for callback, counters in zip(self.others, self.counters, strict=False):
            for name, value in counters.items():
                setattr(callback, name, value)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Writes the state after this epoch.

        Raises:
            ModelError: the disk takes no more; the state after an earlier epoch stays.
        """
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        self.counters = [_counters(callback) for callback in self.others]
        note = {
            "epochs": epoch + 1,
            "history": self.history,
            "counters": self.counters,
            "stopped": bool(self.model.stop_training),
        }
        arrays = [np.asarray(variable) for variable in _variables(self.model)]
        state_file.write(self.path, arrays, msgspec.json.encode(note))
        state_file.replace(self.csv, _table(self.history).encode())


def _variables(model: keras.Model) -> list[keras.Variable]:
    """Everything that changes in a step: weights, seeds of random layers, and the optimizer's own."""
    return [*model.variables, *model.optimizer.variables]


def _counters(callback: keras.callbacks.Callback) -> dict[str, Any]:
    found = {name: getattr(callback, name) for name in REMEMBERED if hasattr(callback, name)}
    return {name: None if value is None else float(value) for name, value in found.items()}


def _table(history: History) -> str:
    """One line an epoch, as a spreadsheet reads it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["epoch", *history])
    for epoch, values in enumerate(zip(*history.values(), strict=False), start=1):
        writer.writerow([epoch, *values])
    return file.getvalue()
