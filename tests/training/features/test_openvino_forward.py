"""OpenVINO against the model: any number of pictures, in any blocks."""

import importlib.util

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import MissingExtra
from aoi_modules.training.features import openvino_forward
from aoi_modules.training.features.extraction import TOLERANCE
from aoi_modules.training.features.forward import disagreement, frozen, traced
from aoi_modules.training.features.openvino_forward import OpenVinoForward
from tests.training.features.blocks import collect, pictures

with_openvino = pytest.mark.skipif(not openvino_forward.installed(), reason="openvino is not installed")


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


def test_a_machine_without_it_is_told_what_to_install(backbone: keras.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    present = importlib.util.find_spec
    monkeypatch.setattr(openvino_forward, "find_spec", lambda name: None if name == "openvino" else present(name))
    assert not openvino_forward.installed()
    with pytest.raises(MissingExtra, match="needs the package openvino"):
        OpenVinoForward(frozen(traced(backbone)))
