"""Configurations as the first Keras 3 wrote them."""

import copy
from typing import Any

import pytest

from aoi_modules.export.readers.keras_files.keras3_config import unwrap_outputs


def model(kind: str, *layers: Any, **others: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"layers": list(layers), **others}}


ONE, BARE, TWO = [["dense", 0, 0]], ["dense", 0, 0], [["a", 0, 0], ["b", 0, 0]]


@pytest.mark.parametrize("around", ["Sequential", "Functional"])
def test_the_only_output_of_an_inner_model_is_a_tensor_again(around: str) -> None:
    config = model(around, model("Functional", output_layers=ONE), output_layers=ONE)
    assert unwrap_outputs(config)
    assert config["config"]["layers"][0]["config"]["output_layers"] == BARE
    assert config["config"]["output_layers"] == ONE, "what the whole model gives is its own matter"


def test_models_are_found_wherever_they_stand() -> None:
    inner = model("Functional", output_layers=ONE)
    config = model("Sequential", {"class_name": "TimeDistributed", "config": {"layer": model("Sequential", inner)}})
    assert unwrap_outputs(config)
    assert inner["config"]["output_layers"] == BARE


@pytest.mark.parametrize("outputs", [BARE, TWO, {"kind": BARE}])
def test_other_outputs_stay(outputs: Any) -> None:
    config = model("Sequential", model("Functional", output_layers=outputs), {"class_name": "Dense", "config": {}})
    before = copy.deepcopy(config)
    assert not unwrap_outputs(config)
    assert config == before
