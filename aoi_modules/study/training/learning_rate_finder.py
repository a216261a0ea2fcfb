"""Finds a learning rate by one short run in which the rate rises from far too small to far too large.

While the rate is too small the loss hardly changes. Then it falls. Then the steps are too large and it explodes. A good
rate lies well before that. The run takes seconds and leaves the model as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.study.training.snapshot import Snapshot
from aoi_modules.study.training.step_losses import Losses, StepLosses, smoothed
from aoi_modules.tf import keras, tf


@dataclass(frozen=True)
class RateSweep:
    """The loss of each step while the rate rose.

    Args:
        rates: of the steps, float64 (S,), rising.
        losses: of each step alone, float64 (S,).
        exploded: whether the sweep was stopped because the loss exploded.
    """

    rates: Losses
    losses: Losses
    exploded: bool

    @property
    def smoothed(self) -> Losses:
        """The losses without the noise of single batches: float64 (S,)."""
        return smoothed(self.losses)

    @property
    def suggestion(self) -> float:
        """A rate to begin with: the one at which the smoothed loss had come half of its way down.

        There the loss falls fast and is still far from exploding. At its lowest point it is about to rise.

        Raises:
            ModelError: no step had a loss.
        """
        if not len(self.rates):
            raise ModelError("learning rate: expected steps with a loss. Received: none", hint="a lower `lowest` rate")
        means = self.smoothed
        half = (means[0] + means.min()) / 2
        return float(self.rates[int((means <= half).argmax())])


class LearningRateFinder(StepLosses):
    """Raises the rate by the same factor at every step, stops when the loss explodes, and puts everything back.

    The model's weights, the seeds of its random layers and the optimizer are at the end as they were at the beginning.
    `find_learning_rate` is the simple way to use it.

    Args:
        lowest: rate of the first step.
        highest: rate of the last step.
        steps: how many; more make a smoother curve.
        explodes: a smoothed loss over so many times the lowest one ends the run.

    Raises:
        ModelError: the numbers make no sweep.
    """

    def __init__(self, lowest: float = 1e-5, highest: float = 1.0, steps: int = 100, *, explodes: float = 4.0) -> None:
        super().__init__()
        if not (0 < lowest < highest and steps >= 2 and explodes > 1):
            raise ModelError(
                "learning rate finder: expected 0 < lowest < highest, steps >= 2 and explodes > 1. "
                f"Received: {lowest:g}, {highest:g}, {steps}, {explodes:g}"
            )
        self.rates = np.geomspace(lowest, highest, steps)
        self.explodes = explodes
        self.exploded = False
        self.kept: Snapshot | None = None

    @property
    def sweep(self) -> RateSweep:
        """The steps so far; one whose loss is no number is left out."""
        losses = np.array(self.values)
        return RateSweep(self.rates[: len(losses)], losses, self.exploded)

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Remembers model and optimizer as they are.

        Raises:
            ModelError: the optimizer has a schedule.
        """
        optimizer = self.model.optimizer
        if isinstance(optimizer.get_config()["learning_rate"], dict):
            raise ModelError(
                "learning rate finder: the optimizer has a schedule, which sets the rate itself",
                hint="compile with a plain number, and use the schedule afterwards",
            )
        optimizer.build(self.model.trainable_variables)
        self.values, self.exploded = [], False
        self.kept = Snapshot.of([*self.model.variables, *optimizer.variables])

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Sets the rate of this step."""
        super().on_train_batch_begin(batch, logs)
        self.model.optimizer.learning_rate = self.rates[len(self.values)]

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keeps the step's loss, and ends the run after the last step or when the loss exploded."""
        super().on_train_batch_end(batch, logs)
        if not np.isfinite(self.values[-1]):
            self.values.pop()
            self.exploded = True
        else:
            means = smoothed(np.array(self.values))
            self.exploded = bool(means[-1] > self.explodes * means.min())
        if self.exploded or len(self.values) == len(self.rates):
            self.model.stop_training = True

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Puts model and optimizer back."""
        self.restore()

    def restore(self) -> None:
        """Puts model and optimizer back; also when the run was broken off."""
        if self.kept is not None:
            self.kept.restore()


def find_learning_rate(
    model: keras.Model, data: tf.data.Dataset, *, lowest: float = 1e-5, highest: float = 1.0, steps: int = 100
) -> RateSweep:
    """Lets the rate of a compiled model rise over some steps and tells what the loss did. The model stays as it was.

    Args:
        model: built and compiled, with a plain number as the learning rate.
        data: shuffled training batches, as `fit` takes them; they are repeated when they run out.
        lowest: rate of the first step.
        highest: rate of the last step.
        steps: how many.

    Raises:
        ModelError: the model has a schedule, or is not compiled; the numbers make no sweep.
    """
    if not (model.built and model.compiled):
        raise ModelError(
            f"model {model.name}: expected a built and compiled model. Received: built {model.built}, "
            f"compiled {model.compiled}",
            hint="begin it with keras.Input(...) and call model.compile(...)",
        )
    finder = LearningRateFinder(lowest, highest, steps)
    try:
        # one epoch as long as the sweep, so that the finder ends it
        model.fit(data.repeat(), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0, callbacks=[finder])
    finally:
        finder.restore()
    return finder.sweep
