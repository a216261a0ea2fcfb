"""The message of a gRPC prediction: what is right passes, each known mistake is named."""

import base64

import numpy as np
import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.predict_message import check_message
from aoi_modules.wire.messages import PredictRequest
from aoi_modules.wire.tensors import to_tensor

PICTURES = [b"\x89PNG one", b"\x89PNG two"]
NUMBERS = [[3.0, 2.5], [4.0, 3.0]]


def message(model: str = "houses", signature: str = "", **inputs: object) -> PredictRequest:
    request = PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    for name, value in {"image": PICTURES, "features": np.array(NUMBERS, np.float32), **inputs}.items():
        if value is not None:
            request.inputs[name].CopyFrom(to_tensor(value))  # type: ignore[arg-type]
    return request


def check(request: PredictRequest) -> None:
    check_message(request.SerializeToString(), "houses", PICTURES, NUMBERS)


def test_right_messages_pass() -> None:
    check(message())
    check(message(signature="serving_default"))
    check_message(message("tile", features=None).SerializeToString(), "tile", PICTURES)


def test_the_message_of_tensorflows_own_package_passes() -> None:
    from tensorflow_serving.apis import predict_pb2

    from aoi_modules.tf import tf

    request = predict_pb2.PredictRequest()
    request.model_spec.name = "houses"
    request.inputs["image"].CopyFrom(tf.make_tensor_proto(PICTURES))
    request.inputs["features"].CopyFrom(tf.make_tensor_proto(NUMBERS, dtype=tf.float32))
    check_message(request.SerializeToString(), "houses", PICTURES, NUMBERS)


def without_dtype() -> PredictRequest:
    request = message()
    request.inputs["image"].dtype = 0
    return request


def without_shape() -> PredictRequest:
    request = message()
    request.inputs["image"].ClearField("tensor_shape")
    return request


def without_values() -> PredictRequest:
    request = message()
    request.inputs["image"].ClearField("string_val")
    return request


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (message(""), "model_spec.name is empty"),
        (message("tile"), "found 'tile', expected 'houses'"),
        (message(signature="pixels"), "serving_default"),
        (message(picture=PICTURES), "'picture' is no input of this model"),
        (message(features=None), "features is missing"),
        (message(image=[base64.b64encode(one) for one in PICTURES]), "base64, which is for JSON"),
        (message(image=PICTURES[::-1]), "another order"),
        (message(image=[b"other", b"bytes"]), "that your function was given"),
        (message(image=PICTURES[:1]), "found the shape (1,), expected (2,)"),
        (message(image=np.zeros((2, 8), np.uint8)), "expected 7, a string of bytes"),
        (without_dtype(), "found the dtype 0, none at all"),
        (without_shape(), "found the shape (), expected (2,)"),
        (without_values(), "image"),
        (message(features=np.array(NUMBERS)), "expected 1, float32"),
        (message(features=np.array(NUMBERS, np.float32)[:, ::-1]), "another order"),
        (message(features=np.array(NUMBERS, np.float32) / 10), "scales them itself"),
        (message(features=np.array(NUMBERS, np.float32).ravel()), "found the shape (4,), expected (2, 2)"),
    ],
)
def test_a_wrong_message_gets_its_hint(request_: PredictRequest, words: str) -> None:
    with pytest.raises(Hint) as hint:
        check(request_)
    assert words in str(hint.value)


def test_what_is_no_message_is_said_to_be_none() -> None:
    with pytest.raises(Hint, match="no PredictRequest"):
        check_message(b'{"instances": []}', "houses", PICTURES)
