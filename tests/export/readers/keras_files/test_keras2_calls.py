from typing import Any

import pytest

from aoi_modules.export.readers.keras_files.keras2_config import repaired
from tests.export.readers.keras_files.configs import functional, layer


def history(tensor: dict[str, Any]) -> list[Any]:
    assert tensor["class_name"] == "__keras_tensor__"
    return list(tensor["config"]["keras_history"])


def test_tensors_among_the_named_arguments_of_a_call_are_found() -> None:
    total = layer("TFOpLambda", "sum", function="__operators__.add", dtype="float32")
    total["inbound_nodes"] = [["image", 0, 0, {"y": ["image", 0, 0], "name": None}]]
    minus = layer("TFOpLambda", "minus", function="math.subtract")
    minus["inbound_nodes"] = [["_CONSTANT_VALUE", -1, 1.0, {"y": ["sum", 0, 0]}]]
    layers = repaired(functional([layer("InputLayer", "image"), total, minus]), "file")["config"]["layers"]
    assert layers[1]["config"] == {"name": "sum", "function": "__operators__.add"}
    [call] = layers[1]["inbound_nodes"]
    assert (history(call["args"][0]), history(call["kwargs"]["y"])) == (["image", 0, 0], ["image", 0, 0])
    [call] = layers[2]["inbound_nodes"]
    assert call["args"] == [1.0]
    assert history(call["kwargs"]["y"]) == ["sum", 0, 0]


@pytest.mark.parametrize(("kind", "output"), [("Sequential", 0), ("Functional", 1)])
def test_calls_of_a_model_inside_the_model_are_counted_from_zero(kind: str, output: int) -> None:
    inner: dict[str, Any] = {"class_name": kind, "config": {"name": "inner", "layers": []}, "name": "inner"}
    if kind == "Functional":
        inner = functional([layer("InputLayer", "in")]) | {"name": "inner"}
    inner["inbound_nodes"] = [[["image", 0, 0, {}]], [["image", 0, 0, {}]]]
    last = layer("Add", "add") | {"inbound_nodes": [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]]}
    model = functional([layer("InputLayer", "image"), inner, last], output_layers=[["inner", 1, 0], ["add", 0, 0]])
    config = repaired(model, "file")["config"]
    [call] = config["layers"][2]["inbound_nodes"]
    assert [history(tensor) for tensor in call["args"][0]] == [["inner", 0, 0], ["inner", 1, 0]]
    # Keras 3 itself counts an output of a functional model from one.
    assert config["output_layers"] == [["inner", output, 0], ["add", 0, 0]]
