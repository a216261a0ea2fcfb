"""A request of many rows as several of few, and their answers as one."""

import threading

import numpy as np

from aoi_modules.serving.batching.row_checks import row_counts
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Done, Outputs


def split(inputs: Arrays, rows: int) -> list[Arrays]:
    """Splits a request into parts of so many rows at most.

    Args:
        inputs: arrays (N, ...); without one N for all the request stays whole.
        rows: of a part; 0 splits nothing.
    """
    counts = row_counts(inputs)
    if not rows or len(counts) != 1 or (count := counts.pop()) <= rows:
        return [inputs]
    return [{name: array[first : first + rows] for name, array in inputs.items()} for first in range(0, count, rows)]


class Joined:
    """The answer to a request that ran in parts: an error of one is the error of all.

    Args:
        parts: that it has.
        done: of the whole request; called with the last part.
    """

    def __init__(self, parts: int, done: Done) -> None:
        self._answers: list[Outputs | None] = [None] * parts
        self._left = parts
        self._error: BaseException | None = None
        self._done = done
        self._lock = threading.Lock()

    def done(self, place: int, outputs: Outputs | None, error: BaseException | None) -> None:
        """Takes the outputs (rows of the part, ...) of one part, or its error; `place` counts from 0."""
        with self._lock:
            self._answers[place] = outputs
            self._error = self._error or error
            self._left -= 1
            if self._left:
                return
        if self._error is not None:
            self._done(None, self._error)
        else:
            answers = [answer for answer in self._answers if answer is not None]
            self._done({name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}, None)
