"""The race is fair: each optimizer starts from the same weights and sees the same batches."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.study.training.optimizer_race import race
from aoi_modules.tf import keras, tf


def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])


def rows() -> tf.data.Dataset:
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices((x, x.sum(axis=1, keepdims=True))).batch(16)


def test_twins_run_alike_others_do_not_and_the_weights_stay() -> None:
    model = network()
    before = model.get_weights()
    SGD = keras.optimizers.SGD  # noqa: N806  # a class
    found = race(model, {"one": SGD(0.01), "twin": SGD(0.01), "faster": SGD(0.1)}, "mse", rows(), steps=20)
    assert np.array_equal(found["one"], found["twin"])
    assert found["one"][0] == found["faster"][0]
    assert found["faster"][-1] < found["one"][-1]
    assert {len(values) for values in found.values()} == {20}
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))


def test_one_that_explodes_has_no_losses_from_there_on() -> None:
    wild = race(network(), {"wild": keras.optimizers.SGD(1e4)}, "mse", rows(), steps=40)["wild"]
    assert np.isfinite(wild[0])
    assert np.isnan(wild[-1])
    assert np.isnan(wild[np.isnan(wild).argmax() :]).all()


def test_nobody_at_the_start_is_refused() -> None:
    with pytest.raises(ModelError, match="0 optimizers"):
        race(network(), {}, "mse", rows(), steps=3)
