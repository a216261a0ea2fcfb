"""Which signature a Predict runs, whatever protocol asks."""

import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.answering.predict import PredictForm, predict
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.messages import SignatureDef
from tests.serving.answering.example_requests import ExampleEngine


def read(servable: Servable, signature: SignatureDef) -> Inference[str]:
    """A protocol whose answer is the method name."""

    def write(outputs: Outputs) -> str:
        return signature.method_name

    return Inference(signature, {"inputs": np.array([b"a"], object)}, (), write)


FORM = PredictForm(read, lambda name: RpcError("NOT_FOUND", f"no {name} in these words"))


@pytest.fixture
def servable() -> Servable:
    return Servable("m", 1, ExampleEngine())


def test_the_named_signature_runs_and_the_protocol_writes_the_answer(servable: Servable) -> None:
    assert servable.answer(predict(servable, "number", FORM)) == "tensorflow/serving/regress"


@pytest.mark.parametrize(("name", "words"), [("other", "no other in these words"), ("", None)])
def test_a_missing_signature_is_told_in_the_protocols_words(servable: Servable, name: str, words: str | None) -> None:
    if words is None:
        assert predict(servable, name, FORM).signature is servable.signature("serving_default")
        return
    with pytest.raises(RpcError, match=words):
        predict(servable, name, FORM)


def test_method_names_are_compared_when_the_flag_asks(servable: Servable) -> None:
    for name in ("number", "scores"):
        assert predict(servable, name, FORM, check_method=True).signature is servable.signature(name)
    assert predict(servable, "unknown", FORM).signature is servable.signature("unknown")
    with pytest.raises(RpcError) as caught:
        predict(servable, "unknown", FORM, check_method=True)
    assert (caught.value.code, caught.value.message) == (
        "INTERNAL",
        "Expected prediction signature method_name to be one of {tensorflow/serving/predict, "
        "tensorflow/serving/classify, tensorflow/serving/regress}. Was: my/method",
    )
