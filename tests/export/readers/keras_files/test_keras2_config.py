import copy
from typing import Any

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.keras2_config import lambda_layers, repaired
from tests.export.readers.keras_files.configs import functional, layer


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (layer("DepthwiseConv2D", groups=1, kernel_size=3), {"kernel_size": 3}),
        (layer("Conv2D", groups=4), {"groups": 4}),
        (layer("LSTM", time_major=False, units=3), {"units": 3}),
        (layer("InputLayer", batch_input_shape=[None, 8, 8, 3], ragged=False), {"batch_shape": [None, 8, 8, 3]}),
        (layer("BatchNormalization", axis=[3]), {"axis": 3}),
        (layer("Conv2D", dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}}),
         {"dtype": "mixed_float16"}),
        (layer("Dense", kernel_regularizer={"class_name": "Mine", "config": {}}), {"kernel_regularizer": None}),
        (layer("Dense", bias_initializer={"class_name": "Zeros", "config": {"dtype": "float32"}}),
         {"bias_initializer": {"class_name": "Zeros", "config": {}}}),
        (layer("MultiHeadAttention", query_shape=[None, 1, 8], softmax_robust_masking=False), {}),
        (layer("TimeDistributed", layer=layer("DepthwiseConv2D", "inner", groups=1)),
         {"layer": layer("DepthwiseConv2D", "inner")}),
    ],
)  # fmt: skip
def test_arguments_come_into_the_words_of_keras_3(before: dict[str, Any], after: dict[str, Any]) -> None:
    given = copy.deepcopy(before)
    assert repaired(before, "file")["config"] == {"name": "layer", **after}
    assert before == given


@pytest.mark.parametrize(
    "before", [layer("DepthwiseConv2D", groups=2), layer("LSTM", time_major=True), layer("SimpleRNN", ragged=True)]
)
def test_what_keras_3_cannot_express_is_refused_by_name(before: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"file: layer layer \(.*which Keras 3 lacks") as caught:
        repaired(before, "file")
    assert "tf.saved_model.save" in caught.value.hint


def test_a_stack_of_layers_begins_with_its_input() -> None:
    first = layer("Conv2D", batch_input_shape=[None, 8, 8, 3])
    stack = repaired({"class_name": "Sequential", "config": [first, layer("Flatten")]}, "file")["config"]
    assert [entry["class_name"] for entry in stack["layers"]] == ["InputLayer", "Conv2D", "Flatten"]
    assert stack["layers"][0]["config"]["batch_shape"] == [None, 8, 8, 3]
    assert "batch_input_shape" not in stack["layers"][1]["config"]


def test_a_model_of_keras_2_1_is_a_functional_one() -> None:
    model = functional([layer("InputLayer", "image")]) | {"class_name": "Model", "module": "keras.engine.training"}
    result = repaired(model, "file")
    assert (result["class_name"], result["module"]) == ("Functional", "keras.src.models.functional")
    assert result["config"]["output_layers"] == ["image", 0, 0]


def test_python_code_is_found_wherever_it_lies() -> None:
    inner = {"class_name": "Sequential", "config": {"layers": [layer("Lambda", "sly", function=["code", None, None])]}}
    assert lambda_layers({"class_name": "Functional", "config": {"layers": [layer("Dense"), inner]}}) == ["sly"]
    hidden = layer("Dense", activation={"class_name": "__lambda__", "config": {"code": ""}})
    assert lambda_layers(hidden) == ["lambda"]
    assert lambda_layers(layer("Dense")) == []
