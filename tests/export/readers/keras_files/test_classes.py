from typing import Any

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.classes import check_classes, layers_in, locate
from tests.export.readers.keras_files.configs import functional, layer

CELL = layer("LSTMCell", "cell")
WRAPPED = layer("TimeDistributed", "outer", layer=layer("Dense", "inner"))
STACKED = layer("RNN", "rnn", cell=layer("StackedRNNCells", "stack", cells=[CELL]))


def model() -> dict[str, Any]:
    start = layer("Conv2D", "conv", kernel_initializer={"class_name": "Own", "config": {}})
    return functional([start, functional([layer("InputLayer", "in"), WRAPPED]), STACKED])


def test_layers_are_found_at_any_depth_and_other_objects_are_none() -> None:
    kinds = [found["class_name"] for found in layers_in(model())]
    assert kinds == ["Functional", "Conv2D", "Functional", "InputLayer", "TimeDistributed", "Dense", "RNN",
                     "StackedRNNCells", "LSTMCell"]  # fmt: skip
    assert [found["class_name"] for found in layers_in({"class_name": "Sequential", "config": [CELL]})][1:] == [
        "LSTMCell"
    ]


def test_each_layer_gets_the_module_of_its_class_and_keeps_the_one_it_has() -> None:
    config = functional([layer("Conv2D") | {"module": "mine"}, layer("Dense")])
    locate(config)
    assert config["module"] == "keras.src.models.functional"
    assert [one["module"] for one in config["config"]["layers"]] == ["mine", "keras.layers"]


def test_a_class_that_cannot_be_made_is_named_with_its_layer() -> None:
    known = {"Functional", "Conv2D", "InputLayer", "TimeDistributed", "RNN", "StackedRNNCells", "LSTMCell"}
    check_classes(model(), {*known, "Dense"}, "file")
    with pytest.raises(ModelError, match="file: layer inner is of the class Dense, which Keras 3 does not have") as no:
        check_classes(model(), known, "file")
    assert "SavedModel" in no.value.hint
    with pytest.raises(ModelError, match="file: the model is of the class Functional"):
        check_classes(model(), known - {"Functional"}, "file")
    check_classes(layer("mine>Dense"), {"Dense"}, "file")
