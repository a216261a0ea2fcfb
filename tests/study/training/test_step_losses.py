"""Each step's own loss, and its running mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.study.training.step_losses import Losses, StepLosses, smoothed
from aoi_modules.tf import keras

LOSSES = st.lists(st.floats(0, 100), min_size=1, max_size=30).map(lambda values: np.array(values, np.float64))


def test_a_step_has_its_own_loss_not_the_mean_so_far() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "mae")
    rows = np.array([[1.0], [5.0], [0.0], [2.0]], np.float32)
    steps = StepLosses()
    model.fit(rows, np.zeros_like(rows), batch_size=1, shuffle=False, verbose=0, callbacks=[steps])
    assert steps.values == [1.0, 5.0, 0.0, 2.0]


@given(LOSSES, st.floats(0, 0.99))
def test_the_running_mean_stays_among_the_losses(losses: Losses, memory: float) -> None:
    found = smoothed(losses, memory)
    assert len(found) == len(losses)
    assert found[0] == pytest.approx(losses[0])
    assert np.all(found >= losses.min() - 1e-6)
    assert np.all(found <= losses.max() + 1e-6)


def test_without_memory_nothing_is_smoothed_and_nothing_gives_nothing() -> None:
    assert smoothed(np.array([3.0, 1.0]), 0.0).tolist() == [3.0, 1.0]
    assert len(smoothed(np.array([]))) == 0
