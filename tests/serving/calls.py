"""Requests to a server, by both protocols."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
import numpy as np
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

from aoi_modules.serving.doors.health import SERVICE
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    GetModelStatusRequest,
    GetModelStatusResponse,
    Input,
    PredictRequest,
    PredictResponse,
)

Value = TypeVar("Value")
PREDICT = "tensorflow.serving.PredictionService/Predict"
STATUS = "tensorflow.serving.ModelService/GetModelStatus"


def predict_request(model: str, *, signature: str = "", version: int | None = None, **inputs: Any) -> PredictRequest:
    request = PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    if version is not None:
        request.model_spec.version.value = version
    for name, value in inputs.items():
        array = value if isinstance(value, list | bytes) else np.asarray(value)
        request.inputs[name].CopyFrom(tensors.to_tensor(array))
    return request


def example_input(*values: float, context: float | None = None) -> Input:
    """One tf.Example of a feature x for each value, and one as the context of all."""
    message = Input()
    examples = message.example_list if context is None else message.example_list_with_context
    for value in values:
        examples.examples.add().features.feature["x"].float_list.value.append(value)
    if context is not None:
        message.example_list_with_context.context.features.feature["x"].float_list.value.append(context)
    return message


def call(channel: grpc.Channel, method: str, request: Any, answer_type: Any, timeout: float | None = 30.0) -> Any:
    """One gRPC call."""
    return channel.unary_unary(
        f"/{method}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=answer_type.FromString,
    )(request, timeout=timeout)


def predict(channel: grpc.Channel, request: PredictRequest, timeout: float | None = 30.0) -> PredictResponse:
    answer: PredictResponse = call(channel, PREDICT, request, PredictResponse, timeout)
    return answer


def refusal(channel: grpc.Channel, method: str, request: Any, answer_type: Any) -> tuple[str, str]:
    """Code and text of the error that a call is answered with."""
    try:
        answer = call(channel, method, request, answer_type)
    except grpc.RpcError as caught:
        error: Any = caught
        return error.code().name, error.details()
    raise AssertionError(f"{method} answered: {answer}")


def begin(channel: grpc.Channel, request: PredictRequest) -> Any:
    """Sends a Predict call; its `result` waits for the answer."""
    method: Any = channel.unary_unary(
        f"/{PREDICT}",
        request_serializer=PredictRequest.SerializeToString,
        response_deserializer=PredictResponse.FromString,
    )
    return method.future(request, timeout=30)


def statuses(channel: grpc.Channel, model: str) -> dict[int, tuple[int, int, str]]:
    """State, error code and error text by version."""
    request = GetModelStatusRequest()
    request.model_spec.name = model
    answer = call(channel, STATUS, request, GetModelStatusResponse)
    return {v.version: (v.state, v.status.error_code, v.status.error_message) for v in answer.model_version_status}


def check(channel: grpc.Channel, name: str = "") -> int:
    """What the health service says of a name; of the whole server by default."""
    method: Any = channel.unary_unary(f"/{SERVICE}/Check")
    return Int32Value.FromString(method(StringValue(value=name).SerializeToString(), timeout=10)).value


def http(url: str, body: bytes | None = None, *, method: str | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of one HTTP request."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, method=method, headers=names)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def http_json(url: str, document: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and parsed body; POST if there is a document."""
    status, body = http(url, None if document is None else json.dumps(document).encode(), **headers)
    return status, json.loads(body)


def wait_for(read: Callable[[], Value], good: Callable[[Value], bool], seconds: float = 240.0) -> Value:
    """Reads until the value is good; the last value is in the error when it never is."""
    end = time.monotonic() + seconds
    while True:
        value = read()
        if good(value):
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s; last: {value!r}")
        time.sleep(0.05)
