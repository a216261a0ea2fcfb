"""Predict in the form of messages."""

import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering import predict_messages
from aoi_modules.serving.answering.predict import predict
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import PredictRequest, PredictResponse
from tests.serving.calls import predict_request
from tests.serving.fake_engine import DoublingEngine

X = np.array([1.5, 2.0], np.float32)


def answer(servable: Servable, request: PredictRequest, *, as_content: bool = False) -> PredictResponse:
    form = predict_messages.form(request, as_content=as_content)
    return servable.answer(predict(servable, request.model_spec.signature_name, form))


def test_the_answer_says_who_gave_it() -> None:
    spec = answer(Servable("m", 7, DoublingEngine()), predict_request("m", x=X)).model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("m", 7, "serving_default")


def test_numbers_in_fields_or_as_raw_bytes() -> None:
    servable = Servable("m", 1, DoublingEngine())
    in_fields = answer(servable, predict_request("m", x=X)).outputs["y"]
    raw = answer(servable, predict_request("m", x=X), as_content=True).outputs["y"]
    assert (list(in_fields.float_val), in_fields.tensor_content) == ([3.0, 4.0], b"")
    assert (list(raw.float_val), raw.tensor_content) == ([], np.array([3.0, 4.0], np.float32).tobytes())


def test_the_default_of_an_input_that_was_left_out() -> None:
    engine = DoublingEngine()
    engine.signatures["serving_default"].defaults["x"].CopyFrom(tensors.to_tensor(X))
    servable = Servable("m", 1, engine)
    assert answer(servable, predict_request("m")).outputs["y"].float_val == [3.0, 4.0]
    sent = predict_request("m", x=np.zeros(1, np.float32))
    assert answer(servable, sent).outputs["y"].float_val == [0.0]


def test_what_is_refused() -> None:
    servable = Servable("m", 1, DoublingEngine())
    broken = predict_request("m", x=X)
    broken.inputs["x"].tensor_shape.dim[0].size = 1
    unknown_output = predict_request("m", x=X)
    unknown_output.output_filter.append("z")
    for request, code, text in [
        (predict_request("m", signature="no", x=X), "FAILED_PRECONDITION", 'Serving signature key "no" not found.'),
        (predict_request("m"), "INVALID_ARGUMENT", "input size does not match signature: 0!=1"),
        (broken, "INVALID_ARGUMENT", "tensor parsing error: x"),
        (unknown_output, "INVALID_ARGUMENT", "output tensor alias not found in signature: z"),
    ]:
        with pytest.raises(RpcError) as caught:
            answer(servable, request)
        assert caught.value.code == code
        assert caught.value.message.startswith(text)


def test_an_output_that_no_message_holds() -> None:
    class Times(DoublingEngine):
        def run(self, *_: object) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]]:
            return {"y": np.array(["2020-01-01"], "datetime64[D]")}

    with pytest.raises(RpcError, match="output y: tensor: expected a dtype that TensorFlow has") as caught:
        answer(Servable("m", 1, Times()), predict_request("m", x=X))
    assert caught.value.code == "UNIMPLEMENTED"
