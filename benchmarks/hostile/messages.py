"""Healthy messages: what the server's models answer well, as protobuf for gRPC and as JSON for REST."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    MultiInferenceRequest,
    PredictRequest,
    SignatureDef,
    SignatureDefMap,
)
from benchmarks.serving import jpeg

SERVICE = "/tensorflow.serving.PredictionService/"
STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
MODELS = ("tile", "plain")

Message = tuple[str, bytes]
"""Method of gRPC and body, or path of REST and body."""


@dataclass(frozen=True)
class Healthy:
    """One request a model, and the messages that hold them."""

    requests: Sequence[PredictRequest]
    calls: Sequence[Message]
    """By gRPC, to all methods that change nothing."""
    posts: Sequence[Message]
    """By REST, one a request."""


def healthy(call: Callable[[str, bytes], bytes]) -> Healthy:
    """Asks the server what its models take.

    Args:
        call: sends a body to a method of gRPC and returns what comes.
    """
    requests = [request_to(model, signature_of(model, call)) for model in MODELS]
    return Healthy(requests, calls(requests), posts(requests))


def signature_of(model: str, call: Callable[[str, bytes], bytes]) -> SignatureDef:
    answer = call(SERVICE + "GetModelMetadata", metadata_request(model).SerializeToString())
    signatures = SignatureDefMap()
    GetModelMetadataResponse.FromString(answer).metadata["signature_def"].Unpack(signatures)
    return signatures.signature_def["serving_default"]


def metadata_request(model: str) -> GetModelMetadataRequest:
    asked = GetModelMetadataRequest(metadata_field=["signature_def"])
    asked.model_spec.name = model
    return asked


def request_to(model: str, signature: SignatureDef) -> PredictRequest:
    """Zeros for each input, or a picture where it wants bytes."""
    request = PredictRequest()
    request.model_spec.name = model
    for name, info in signature.inputs.items():
        shape = [max(1, dim.size) for dim in info.tensor_shape.dim]
        array = [jpeg()] if info.dtype == tensors.STRING else np.zeros(shape, tensors.dtype_of(info.dtype))
        request.inputs[name].CopyFrom(tensors.to_tensor(array))
    return request


def calls(requests: Sequence[PredictRequest]) -> list[Message]:
    found: list[Message] = [(SERVICE + "Predict", request.SerializeToString()) for request in requests]
    for model in MODELS:
        examples = ClassificationRequest()
        examples.model_spec.name = model
        feature = examples.input.example_list_with_context.examples.add().features.feature["x"]
        feature.float_list.value.extend([1.0, 2.0])
        several = MultiInferenceRequest(input=examples.input)
        several.tasks.add(method_name="tensorflow/serving/regress").model_spec.name = model
        status = GetModelStatusRequest()
        status.model_spec.name = model
        found += [
            (SERVICE + "Classify", examples.SerializeToString()),
            (SERVICE + "Regress", examples.SerializeToString()),
            (SERVICE + "MultiInference", several.SerializeToString()),
            (SERVICE + "GetModelMetadata", metadata_request(model).SerializeToString()),
            (STATUS, status.SerializeToString()),
        ]
    return found


def posts(requests: Sequence[PredictRequest]) -> list[Message]:
    found = []
    for request in requests:
        columns: dict[str, Any] = {}
        for name, tensor in request.inputs.items():
            values = tensors.to_array(tensor).tolist()
            columns[name] = (
                [{"b64": base64.b64encode(v).decode()} for v in values] if tensor.dtype == tensors.STRING else values
            )
        found.append((f"/v1/models/{request.model_spec.name}:predict", json.dumps({"inputs": columns}).encode()))
    return found
