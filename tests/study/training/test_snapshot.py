"""A snapshot brings back every variable."""

import numpy as np

from aoi_modules.study.training.snapshot import Snapshot
from aoi_modules.tf import keras


def test_weights_statistics_and_seeds_come_back() -> None:
    x = keras.Input((3,))
    layers = keras.Sequential([keras.layers.BatchNormalization(), keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    model = keras.Model(x, layers(x))
    rows = np.random.default_rng(0).normal(2, 3, (16, 3)).astype(np.float32)
    before = Snapshot.of(model.variables)
    first = np.asarray(model(rows, training=True))
    assert not np.array_equal(model(rows, training=True), first)  # another draw, other statistics
    model.set_weights([weight + 1 for weight in model.get_weights()])
    before.restore()
    assert np.array_equal(model(rows, training=True), first)
    assert len(before.values) == len(model.variables) > len(model.weights)
