"""Engines: TensorFlow's constant graph and OpenVINO against the model."""

import importlib.util

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aoi_modules.errors import MissingExtra, ModelError
from aoi_modules.training.features import openvino_forward
from aoi_modules.training.features.extraction import FROZEN_TOLERANCE, TOLERANCE, choose
from aoi_modules.training.features.forward import TensorFlowForward, disagreement, frozen, traced
from aoi_modules.training.features.openvino_forward import OpenVinoForward
from tests.training.small import PICTURE, table

with_openvino = pytest.mark.skipif(not openvino_forward.installed(), reason="openvino is not installed")


def pictures(count: int = 20) -> NDArray[np.float32]:
    return np.asarray(table(count, 0).pictures, np.float32)


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    """A small network of the layers that backbones have, with random weights."""
    keras.utils.set_random_seed(0)
    image = keras.Input((PICTURE.height, PICTURE.width, PICTURE.channels), name="image")
    x = keras.layers.Rescaling(1.0, offset=[-103.0, -116.0, -123.0])(keras.ops.flip(image, axis=-1))
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(8, 3, strides=2)(x), training=False)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(keras.layers.ReLU(6.0)(x))
    x = keras.layers.SeparableConv2D(16, 3, strides=2)(keras.layers.Activation("hard_swish")(x))
    mean, largest = keras.layers.GlobalAveragePooling2D()(x), keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, keras.layers.Concatenate()([mean, largest]))


def collect(forward: object, rows: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    found: dict[int, NDArray[np.float32]] = {}
    blocks = ((start, rows[start : start + block]) for start in range(0, len(rows), block))
    forward.run(blocks, lambda row, features: found.setdefault(row, features.copy()))  # type: ignore[attr-defined]
    return np.concatenate([found[row] for row in sorted(found)])


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


@with_openvino
def test_openvino_agrees_and_fills_up_the_last_batch(backbone: keras.Model) -> None:
    expected = backbone(pictures(21)).numpy()
    forward = OpenVinoForward(frozen(traced(backbone)), batch=4)
    assert disagreement(forward(pictures(21)), expected) <= TOLERANCE
    assert disagreement(collect(forward, pictures(21), 8), expected) <= TOLERANCE


@with_openvino
def test_many_engines_one_after_the_other_end_cleanly(backbone: keras.Model) -> None:
    constant = frozen(traced(backbone))
    expected = collect(OpenVinoForward(constant, batch=2), pictures(), 8)
    for _ in range(5):
        assert np.array_equal(collect(OpenVinoForward(constant, batch=2), pictures(), 8), expected)


@with_openvino
def test_an_error_while_writing_ends_the_run_and_is_raised(backbone: keras.Model) -> None:
    forward = OpenVinoForward(frozen(traced(backbone)), batch=4)

    def full(row: int, features: NDArray[np.float32]) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        forward.run(((0, pictures(4)) for _ in range(100)), full)


@with_openvino
def test_openvino_runs_where_it_agrees_and_that_is_said(backbone: keras.Model) -> None:
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), OpenVinoForward)
    assert "agrees with TensorFlow to" in lines[0]
    assert isinstance(choose(backbone, pictures(), 5000, "tensorflow", lines.append), TensorFlowForward)
    assert "as asked" in lines[1]
    assert isinstance(choose(backbone, pictures(), 10, "auto", lines.append), TensorFlowForward)
    assert "only 10 rows" in lines[2]


@with_openvino
def test_where_it_does_not_agree_tensorflow_runs_and_that_is_said(
    backbone: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aoi_modules.training.features.extraction.TOLERANCE", 0.0)
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), TensorFlowForward)
    assert "OpenVINO differs" in lines[0]
    with pytest.raises(ModelError, match="OpenVINO differs"):
        choose(backbone, pictures(), 5000, "openvino", lines.append)


def test_without_openvino_tensorflow_runs_and_says_what_to_install(
    backbone: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = importlib.util.find_spec
    monkeypatch.setattr(openvino_forward, "find_spec", lambda name: None if name == "openvino" else present(name))
    lines: list[str] = []
    assert isinstance(choose(backbone, pictures(), 5000, "auto", lines.append), TensorFlowForward)
    assert "pip install 'aoi-academy[openvino]'" in lines[0]
    with pytest.raises(MissingExtra, match="needs the package openvino"):
        choose(backbone, pictures(), 10, "openvino", lines.append)
