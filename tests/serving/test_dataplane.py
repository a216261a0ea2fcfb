"""Predict, status and metadata by gRPC, on a real server. The cases follow the table of the public contract."""

from typing import Any

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2

from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    PredictRequest,
    SignatureDefMap,
)
from tests.serving.calls import PREDICT, STATUS, call, predict, predict_request, statuses
from tests.serving.saved_models import MANIFEST

METADATA = "tensorflow.serving.PredictionService/GetModelMetadata"
X = np.array([2.0, 4.0], np.float32)


def refused(channel: grpc.Channel, request: PredictRequest) -> tuple[str, str]:
    with pytest.raises(grpc.RpcError) as caught:
        predict(channel, request)
    error: Any = caught.value
    return error.code().name, error.details()


def test_predict(channel: grpc.Channel) -> None:
    answer = predict(channel, predict_request("half", x=X))
    assert (answer.model_spec.name, answer.model_spec.version.value) == ("half", 1)
    assert answer.model_spec.signature_name == "serving_default"
    assert list(answer.outputs["y"].float_val) == [3.0, 4.0]
    assert not answer.outputs["y"].tensor_content


def test_predict_by_the_official_messages(channel: grpc.Channel) -> None:
    request = predict_pb2.PredictRequest.FromString(predict_request("half", version=1, x=X).SerializeToString())
    answer = call(channel, PREDICT, request, predict_pb2.PredictResponse)
    assert list(answer.outputs["y"].float_val) == [3.0, 4.0]


def test_output_filter(channel: grpc.Channel) -> None:
    request = predict_request("half", signature="both", x=X)
    assert predict(channel, request).outputs.keys() == {"y", "z"}
    request.output_filter.append("z")
    answer = predict(channel, request)
    assert answer.outputs.keys() == {"z"}
    assert answer.model_spec.signature_name == "both"


def test_a_signature_without_inputs_answers_the_manifest(channel: grpc.Channel) -> None:
    answer = predict(channel, predict_request("echo", signature="manifest"))
    assert tensors.to_array(answer.outputs["json"]).item() == MANIFEST.to_json()


def test_a_great_message_passes(channel: grpc.Channel) -> None:
    picture = np.random.default_rng(1).random((5_000_000,), np.float32)  # 20 MB; gRPC's own limit is 4 MiB
    with pytest.raises(grpc.RpcError, match=r"RESOURCE_EXHAUSTED|larger than max"):
        predict(channel, predict_request("half", x=picture))  # the client of this test refuses the answer
    request = predict_request("half", x=picture)
    request.inputs["x"].tensor_shape.dim[0].size = 1
    assert refused(channel, request) == ("INVALID_ARGUMENT", "tensor parsing error: x")


def test_what_is_refused(channel: grpc.Channel) -> None:
    assert refused(channel, PredictRequest()) == ("INVALID_ARGUMENT", "Missing ModelSpec")
    assert refused(channel, predict_request("", x=X)) == ("INVALID_ARGUMENT", "ModelSpec has no name specified.")
    assert refused(channel, predict_request("nope")) == (
        "NOT_FOUND", "Servable not found for request: Latest(nope)"
    )  # fmt: skip
    assert refused(channel, predict_request("half", version=9, x=X)) == (
        "NOT_FOUND", "Servable not found for request: Specific(half, 9)"
    )  # fmt: skip
    assert refused(channel, predict_request("absent")) == (
        "NOT_FOUND", "Servable not found for request: Latest(absent)"
    )  # fmt: skip
    assert refused(channel, predict_request("half", signature="no", x=X)) == (
        "FAILED_PRECONDITION", 'Serving signature key "no" not found.'
    )  # fmt: skip
    assert refused(channel, predict_request("half"))[1].startswith("input size does not match signature: 0!=1")
    assert (
        "Expects arg[0] to be float but int32"
        in refused(channel, predict_request("half", x=np.array([1], np.int32)))[1]
    )


def test_a_shape_that_would_end_the_process_is_refused(channel: grpc.Channel) -> None:
    code, text = refused(channel, predict_request("strict", image=np.zeros((2, 2, 1), np.float32)))
    assert (code, text) == (
        "INVALID_ARGUMENT", "input image: expected float (?, 2, 2, 1). Received: float (2, 2, 1)"
    )  # fmt: skip
    answer = predict(channel, predict_request("strict", image=np.ones((3, 2, 2, 1), np.float32)))
    assert list(answer.outputs["y"].float_val) == [4.0, 4.0, 4.0]


def test_a_deadline_of_the_client_that_has_passed(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        predict(channel, predict_request("half", x=X), timeout=-1.0)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_status(channel: grpc.Channel) -> None:
    assert statuses(channel, "half") == {1: (30, 0, "")}
    for model, version, text in [
        ("nope", None, "Could not find any versions of model nope"),
        ("absent", None, "Could not find any versions of model absent"),
        ("half", 9, "Could not find version 9 of model half"),
    ]:
        request = GetModelStatusRequest()
        request.model_spec.name = model
        if version:
            request.model_spec.version.value = version
        with pytest.raises(grpc.RpcError) as caught:
            call(channel, STATUS, request, GetModelStatusResponse)
        error: Any = caught.value
        assert (error.code().name, error.details()) == ("NOT_FOUND", text)


def metadata_request(*fields: str, model: str = "half") -> GetModelMetadataRequest:
    request = GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = model
    return request


def test_metadata(channel: grpc.Channel) -> None:
    answer = call(channel, METADATA, metadata_request("signature_def"), GetModelMetadataResponse)
    assert answer.model_spec.version.value == 1
    signatures = SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["both"].outputs.keys() == {"y", "z"}
    assert signatures.signature_def["serving_default"].method_name == "tensorflow/serving/predict"


def test_metadata_is_unpacked_by_the_official_messages(channel: grpc.Channel) -> None:
    response = get_model_metadata_pb2.GetModelMetadataResponse
    answer = call(channel, METADATA, metadata_request("signature_def"), response)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["both"].inputs["x"].dtype == 1


@pytest.mark.parametrize(
    ("fields", "model", "text"),
    [
        ((), "half", "GetModelMetadataRequest must specify at least one metadata_field"),
        (("weights",), "half", "Metadata field weights is not supported"),
        (("signature_def",), "nope", "Servable not found for request: Latest(nope)"),
    ],
)
def test_metadata_refused(channel: grpc.Channel, fields: tuple[str, ...], model: str, text: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        call(channel, METADATA, metadata_request(*fields, model=model), GetModelMetadataResponse)
    error: Any = caught.value
    assert error.details() == text
