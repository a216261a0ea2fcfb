"""Losses and measures by what a head answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.fitting.losses import LogHuber, compile_for, loss_of, measures_of
from tests.training.small import DEFECT, SIDES

PRICE = Head(name="price", kind="value", labels=())
PRICES = st.floats(1, 1e6)


def loss(true: float, answered: float, delta: float = 0.1) -> float:
    return float(LogHuber(delta)(np.array([[true]], np.float32), np.array([[answered]], np.float32)))


@given(PRICES, PRICES)
@settings(deadline=None, max_examples=50)
def test_the_loss_of_a_price_is_hubers_of_the_logarithms(true: float, answered: float) -> None:
    apart = abs(np.log(answered) - np.log(true))
    expected = apart**2 / 2 if apart <= 0.1 else 0.1 * (apart - 0.05)
    assert loss(true, answered) == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_ten_percent_count_the_same_for_low_and_high_prices() -> None:
    assert loss(100, 110) == pytest.approx(loss(1e6, 1.1e6), rel=1e-3)
    assert loss(100, 100) == 0.0


def test_a_saved_loss_is_the_same_loss() -> None:
    saved = keras.saving.serialize_keras_object(LogHuber(0.3))
    again = keras.saving.deserialize_keras_object(saved)
    assert isinstance(again, LogHuber)
    assert again.delta == 0.3


def test_every_kind_of_head_has_its_loss_and_measures() -> None:
    assert isinstance(loss_of(PRICE, "focal-loss"), LogHuber)
    assert isinstance(loss_of(DEFECT), keras.losses.BinaryCrossentropy)
    assert isinstance(loss_of(DEFECT, "focal-loss"), keras.losses.BinaryFocalCrossentropy)
    assert isinstance(loss_of(SIDES, "oversampling"), keras.losses.SparseCategoricalCrossentropy)
    names = {head.kind: [measure.name for measure in measures_of(head)] for head in (PRICE, DEFECT, SIDES)}
    assert names == {"value": ["percent_error"], "defect": ["accuracy", "auroc"], "class": ["accuracy"]}


def test_a_model_is_compiled_with_a_loss_for_each_head() -> None:
    x = keras.Input((4,))
    outputs = {
        "defect": keras.layers.Dense(1, activation="sigmoid", name="defect")(x),
        "side": keras.layers.Dense(2, activation="softmax", name="side")(x),
    }
    model = keras.Model(x, outputs)
    compile_for(model, [DEFECT, SIDES], 0.5)
    assert float(model.optimizer.learning_rate) == 0.5
    rows = np.ones((6, 4), np.float32)
    truth = {"defect": np.array([0, 1] * 3), "side": np.array([0, 1] * 3)}
    found = model.evaluate(rows, truth, verbose=0, return_dict=True)
    assert {"loss", "defect_loss", "side_loss", "defect_auroc", "side_accuracy"} <= set(found)
    assert found["loss"] == pytest.approx(found["defect_loss"] + found["side_loss"], rel=1e-4)
