"""TensorFlow's constant graph against the model, and how far two engines are apart."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.training.features.extraction import FROZEN_TOLERANCE
from aoi_modules.training.features.forward import TensorFlowForward, disagreement, frozen, traced
from tests.training.features.blocks import collect, pictures


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=9), st.floats(0.01, 100))
def test_disagreement_is_in_units_of_the_features(values: list[float], scale: float) -> None:
    expected = np.array([values], np.float32)
    assert disagreement(expected, expected) == 0.0
    size = np.sqrt(np.mean(np.square(expected, dtype=np.float64)))
    if size > 1e-3:
        apart = disagreement((expected * np.float32(1 + scale)).astype(np.float32), expected)
        assert apart == pytest.approx(scale * np.abs(expected).max() / size, rel=1e-2)


def test_disagreement_is_infinite_where_nothing_can_be_compared() -> None:
    one = np.ones((1, 2), np.float32)
    assert disagreement(one, np.zeros_like(one)) == float("inf")
    assert disagreement(one * np.nan, one) == float("inf")


def test_the_constant_graph_agrees_for_any_batch(backbone: keras.Model) -> None:
    expected = backbone(pictures()).numpy()
    forward = TensorFlowForward(frozen(traced(backbone)))
    assert disagreement(collect(forward, pictures(), 8), expected) <= FROZEN_TOLERANCE
    assert forward.name.startswith("TensorFlow 2.")
