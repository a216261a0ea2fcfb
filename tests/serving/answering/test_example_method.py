"""What Classify and Regress have in common, without TensorFlow."""

import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.serving.answering.example_method import shape_text, type_name
from aoi_modules.serving.answering.regress import REGRESS
from aoi_modules.serving.answering.servable import Servable
from tests.serving.answering.example_requests import ExampleEngine
from tests.serving.calls import example_input


@pytest.fixture
def servable() -> Servable:
    return Servable("m", 1, ExampleEngine())


def test_examples_are_the_one_input_and_the_method_reads_the_outputs(servable: Servable) -> None:
    asked = example_input(1.0, 2.0)
    inference = REGRESS.inference(servable, "number", asked)
    size = len(asked.example_list.examples[0].SerializeToString())
    assert inference.outputs == ["outputs"]
    assert [number.value for number in servable.answer(inference).regressions] == [size, size]


def test_method_names_are_compared_when_the_flag_asks(servable: Servable) -> None:
    one = example_input(1.0)
    assert REGRESS.inference(servable, "number", one, check_method=True).outputs == ["outputs"]
    assert CLASSIFY.inference(servable, "scores", one, check_method=True).outputs == ["scores"]
    with pytest.raises(RpcError, match="Expected classification signature method_name to be tensorflow/serving/classi"):
        CLASSIFY.inference(servable, "number", one, check_method=True)
    with pytest.raises(RpcError, match="Expected regression signature method_name to be tensorflow/serving/regress"):
        REGRESS.inference(servable, "scores", one, check_method=True)


def test_the_signature_is_judged_before_the_examples(servable: Servable) -> None:
    with pytest.raises(RpcError, match="No signature was found with the name: no"):
        CLASSIFY.inference(servable, "no", example_input())
    with pytest.raises(RpcError, match="No regression outputs found"):
        REGRESS.inference(servable, "scores", example_input())
    with pytest.raises(RpcError, match="Input is empty"):
        REGRESS.inference(servable, "number", example_input())


def test_tensorflows_words_for_arrays() -> None:
    assert type_name(np.zeros(1, np.float32)) == "DT_FLOAT"
    assert type_name(np.array([b"a"], object)) == "DT_STRING"
    assert shape_text(np.zeros((2, 3))) == "[2,3]"
    assert shape_text(np.array(1.0)) == "[]"
