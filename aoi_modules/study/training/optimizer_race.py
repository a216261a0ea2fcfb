"""Lets optimizers race: each begins with the same weights and sees the same batches in the same order."""

from collections.abc import Mapping

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.study.training.snapshot import Snapshot
from aoi_modules.study.training.step_losses import Losses, StepLosses
from aoi_modules.tf import keras, tf


def race(
    model: keras.Model,
    optimizers: Mapping[str, keras.optimizers.Optimizer],
    loss: object,
    data: tf.data.Dataset,
    *,
    steps: int,
) -> dict[str, Losses]:
    """Trains the model once with each optimizer, and gives the loss of each step. The weights stay as they were.

    The model is left compiled with the last optimizer, which has run: compile it anew.

    Args:
        model: built.
        optimizers: name -> a fresh optimizer.
        loss: as `compile` takes it.
        data: batches in a fixed order, so that all see the same; they are repeated when they run out.
        steps: of each optimizer.

    Returns:
        Name -> loss of each step, float64 (steps,); NaN from where the loss is no number any more.

    Raises:
        ModelError: the model is not built, nobody runs, or there is no step to run.
    """
    if not optimizers or steps < 1 or not model.built:
        raise ModelError(
            "race: expected a built model, an optimizer and a step at least. "
            f"Received: built {model.built}, {len(optimizers)} optimizers, {steps} steps"
        )
    start = Snapshot.of(model.variables)
    found = {}
    for name, optimizer in optimizers.items():
        lap = StepLosses()
        model.compile(optimizer, loss)
        try:
            model.fit(data.repeat(), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0, callbacks=[lap])
        finally:
            start.restore()
        values = np.array(lap.values)
        found[name] = np.where(np.logical_and.accumulate(np.isfinite(values)), values, np.nan)
    return found
