"""Keeps what training changes, so that one may try something and go back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.tf import keras


@dataclass(frozen=True)
class Snapshot:
    """Variables and their values at one moment."""

    variables: tuple[keras.Variable, ...]
    values: tuple[NDArray[np.generic], ...]

    @classmethod
    def of(cls, variables: Sequence[keras.Variable]) -> "Snapshot":
        """Copies the values: `model.variables` holds weights, statistics and the seeds of random layers."""
        return cls(tuple(variables), tuple(np.array(variable) for variable in variables))

    def restore(self) -> None:
        """Gives every variable the value it had."""
        for variable, value in zip(self.variables, self.values, strict=True):
            variable.assign(value)
