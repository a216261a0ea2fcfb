"""Measures latency as a line meets it: one picture at a time, warmed up, the median."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras
from aoi_modules.training.features.forward import TensorFlowForward, frozen, traced

REPEATS, WARM_UP = 30, 3


@dataclass(frozen=True)
class Latency:
    """Seconds of one call.

    Args:
        median: half of the calls were faster. One hiccup of the machine does not move it, as it would a mean.
        fastest: of all calls.
        slowest: of all calls.
        calls: number of measured calls.
    """

    median: float
    fastest: float
    slowest: float
    calls: int

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        """Sums up the seconds of the calls, at least one."""
        return cls(statistics.median(seconds), min(seconds), max(seconds), len(seconds))

    @property
    def milliseconds(self) -> float:
        """The median in milliseconds."""
        return 1000 * self.median

    def __str__(self) -> str:
        return f"{self.milliseconds:.2f} ms (median of {self.calls}, slowest {1000 * self.slowest:.2f} ms)"


def in_turns(
    calls: Mapping[str, Callable[[], object]],
    *,
    repeats: int = REPEATS,
    warm_up: int = WARM_UP,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Latency]:
    """Measures how long each of several calls takes, in turns, so that a slow moment of the machine hits all alike.

    Args:
        calls: name -> what is measured; it has to return only when its answer is there.
        repeats: measured calls of each.
        warm_up: calls of each before that; the first ones compile and fill caches.
        clock: gives seconds.

    Raises:
        ModelError: fewer than one repeat, or a negative warm-up.
    """
    if repeats < 1 or warm_up < 0:
        raise ModelError(
            f"repeats, warm_up: expected at least 1, and 0 or more. Received: {repeats} and {warm_up}",
            hint="30 repeats and a warm-up of 3 are a good start",
        )
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(-warm_up, repeats):
        for name, call in calls.items():
            began = clock()
            call()
            if turn >= 0:
                seconds[name].append(clock() - began)
    return {name: Latency.of(values) for name, values in seconds.items()}


def of_models(
    models: Mapping[str, keras.Model], *, repeats: int = REPEATS, warm_up: int = WARM_UP, seed: int = 0
) -> dict[str, Latency]:
    """Measures how long each model takes for one picture of noise, as a graph with constant weights, as servers run it.

    Args:
        models: name -> model with one input float32 (N, ...) of known size and one output.
        repeats: see `in_turns`.
        warm_up: see `in_turns`.
        seed: of the noise, which is in [0, 255).
    """
    return in_turns({name: _call_of(model, seed) for name, model in models.items()}, repeats=repeats, warm_up=warm_up)


def _call_of(model: keras.Model, seed: int) -> Callable[[], object]:
    shape = (1, *model.inputs[0].shape[1:])
    noise = np.random.default_rng(seed).uniform(0, 255, shape).astype(np.float32)
    forward = TensorFlowForward(frozen(traced(model)))
    return lambda: forward(noise)
