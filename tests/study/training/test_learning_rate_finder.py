"""The finder sweeps, stops at the cliff, and leaves no trace."""

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.study.training.learning_rate_finder import LearningRateFinder, RateSweep, find_learning_rate
from aoi_modules.tf import keras, tf

Weights = NDArray[np.generic]


def network(rate: object = 0.01) -> keras.Model:
    keras.utils.set_random_seed(0)
    x = keras.Input((3,))
    y = keras.layers.Dropout(0.1)(keras.layers.BatchNormalization()(x))
    model = keras.Model(x, keras.layers.Dense(1)(y))
    model.compile(keras.optimizers.Adam(rate), "mse", metrics=["mae"])
    return model


def rows(scale: float = 1.0) -> tf.data.Dataset:
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices((x, scale * (x @ np.array([[1.0], [2.0], [-1.0]], np.float32)))).batch(16)


def everything(model: keras.Model) -> list[Weights]:
    model.optimizer.build(model.trainable_variables)
    return [np.array(variable) for variable in [*model.variables, *model.optimizer.variables]]


def same(first: list[Weights], second: list[Weights]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_rate_rises_by_the_same_factor_and_the_model_stays_as_it_was() -> None:
    model = network()
    before = everything(model)
    sweep = find_learning_rate(model, rows(), lowest=1e-4, highest=1e-1, steps=31)
    assert len(sweep.rates) == len(sweep.losses) == 31  # more than the batches there are
    assert np.allclose(sweep.rates[1:] / sweep.rates[:-1], 10**0.1)
    assert sweep.rates[[0, -1]] == pytest.approx([1e-4, 1e-1])
    assert not sweep.exploded
    assert sweep.smoothed[-1] < sweep.smoothed[0]
    assert same(everything(model), before)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_it_stops_when_the_loss_explodes() -> None:
    model = network()
    model.compile(keras.optimizers.SGD(0.01), "mse")
    before = everything(model)
    sweep = find_learning_rate(model, rows(), lowest=1e-3, highest=1e6, steps=60)
    assert sweep.exploded
    assert len(sweep.rates) < 60
    assert np.isfinite(sweep.losses).all()
    assert sweep.suggestion < sweep.rates[-1]
    assert same(everything(model), before)


def test_a_loss_that_is_no_number_is_a_cliff_too() -> None:
    sweep = find_learning_rate(network(), rows(float("nan")), steps=5)
    assert sweep.exploded
    assert len(sweep.losses) == 0
    with pytest.raises(ModelError, match="Received: none"):
        _ = sweep.suggestion


def test_a_run_that_is_broken_off_leaves_the_model_as_it_was_too() -> None:
    model = network()
    before = everything(model)

    def power_cut(batch: int, logs: object) -> None:
        if batch == 2:
            raise KeyboardInterrupt

    finder, cut = LearningRateFinder(steps=10), keras.callbacks.LambdaCallback(on_train_batch_end=power_cut)
    with pytest.raises(KeyboardInterrupt):
        model.fit(rows(), shuffle=False, verbose=0, callbacks=[finder, cut])
    assert not same(everything(model), before)
    finder.restore()
    assert same(everything(model), before)
    assert len(finder.sweep.losses) == 3


def test_the_suggestion_is_where_the_loss_has_come_half_of_its_way() -> None:
    losses = np.concatenate([np.full(30, 3.0), np.linspace(3, 1, 30), np.linspace(1, 9, 10)])
    sweep = RateSweep(np.geomspace(1e-5, 1, 70), losses, True)
    place = int(np.flatnonzero(sweep.rates == sweep.suggestion)[0])
    assert sweep.smoothed[place] <= (3 + sweep.smoothed.min()) / 2 < sweep.smoothed[place - 1]
    assert 30 < place < int(sweep.smoothed.argmin())


def test_a_loss_that_only_rises_suggests_the_lowest_rate() -> None:
    assert RateSweep(np.geomspace(1e-5, 1, 4), np.array([1.0, 2.0, 3.0, 9.0]), True).suggestion == pytest.approx(1e-5)


def test_what_makes_no_sweep_is_refused() -> None:
    with pytest.raises(ModelError, match="steps >= 2"):
        LearningRateFinder(steps=1)
    with pytest.raises(ModelError, match="has a schedule"):
        find_learning_rate(network(keras.optimizers.schedules.CosineDecay(0.01, 10)), rows())
    with pytest.raises(ModelError, match="compiled False"):
        find_learning_rate(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]), rows())
