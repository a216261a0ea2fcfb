"""TensorFlow Serving's gRPC calls: names, requests, answers, errors. Shared by the client and the gateway."""

from collections.abc import Callable

import grpc
from google.protobuf.message import DecodeError, Message

from aoi_modules.client.base import Inputs, Prediction, Signature, TensorSpec, VersionStatus, as_scores, carried
from aoi_modules.client.tls import TLS_HINT
from aoi_modules.errors import RpcError, TooSlow, Unreachable, WireError
from aoi_modules.wire.messages import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    PredictRequest,
    PredictResponse,
    SignatureDefMap,
    TensorInfo,
)
from aoi_modules.wire.schema import CODES, ENUMS
from aoi_modules.wire.tensors import to_array, to_tensor, type_name

PREDICT = "/tensorflow.serving.PredictionService/Predict"
METADATA = "/tensorflow.serving.PredictionService/GetModelMetadata"
STATUS = "/tensorflow.serving.ModelService/GetModelStatus"

_STATES = {number: name for name, number in ENUMS["tensorflow.serving.ModelVersionStatus.State"].items()}
# What gRPC itself says, without any server's word, when a connection cannot be made or breaks.
_NOT_CONNECTED = ("failed to connect to all addresses", "errors resolving", "DNS resolution failed")
_BROKEN = ("Socket closed", "Connection reset", "Broken pipe", "Stream removed", "GOAWAY", "RST_STREAM", "recvmsg:")


def model_spec(model: str, version: int | None, signature: str = "", label: str | None = None) -> ModelSpec:
    """Which model and version to ask, and what."""
    spec = ModelSpec(name=model, signature_name=signature)
    if version is not None:
        spec.version.value = version
    elif label is not None:
        spec.version_label = label
    return spec


def predict_request(
    model: str, version: int | None, inputs: Inputs, signature: str, label: str | None = None
) -> PredictRequest:
    """A Predict request.

    Raises:
        WireError: an input is no array, or has a dtype that TensorFlow has not.
    """
    request = PredictRequest(model_spec=model_spec(model, version, signature, label))
    for name, value in carried(inputs).items():
        request.inputs[name].CopyFrom(to_tensor(value))
    return request


def prediction(response: PredictResponse) -> Prediction:
    """The answer of a Predict call.

    Raises:
        WireError: an output contradicts itself.
    """
    scores = {name: as_scores(to_array(tensor, name)) for name, tensor in response.outputs.items()}
    return Prediction(scores, response.model_spec.name, response.model_spec.version.value)


def status_request(model: str, version: int | None, label: str | None = None) -> GetModelStatusRequest:
    return GetModelStatusRequest(model_spec=model_spec(model, version, label=label))


def version_statuses(response: GetModelStatusResponse) -> list[VersionStatus]:
    """The answer of a GetModelStatus call, newest version first."""
    statuses = [
        VersionStatus(
            status.version,
            _STATES.get(status.state, "UNKNOWN"),
            CODES[status.status.error_code] if status.status.error_code < len(CODES) else "UNKNOWN",
            status.status.error_message,
        )
        for status in response.model_version_status
    ]
    return sorted(statuses, key=lambda status: -status.version)


def metadata_request(model: str, version: int | None, label: str | None = None) -> GetModelMetadataRequest:
    return GetModelMetadataRequest(model_spec=model_spec(model, version, label=label), metadata_field=["signature_def"])


def signatures(response: GetModelMetadataResponse) -> dict[str, Signature]:
    """The answer of a GetModelMetadata call.

    Raises:
        WireError: it holds no signatures.
    """
    signature_map = SignatureDefMap()
    try:
        signature_map.ParseFromString(response.metadata["signature_def"].value)
    except DecodeError as error:
        raise WireError(f"metadata: expected a map of signatures. Received: {error}") from None
    return {
        name: Signature(
            {key: _tensor_spec(info) for key, info in signature.inputs.items()},
            {key: _tensor_spec(info) for key, info in signature.outputs.items()},
        )
        for name, signature in signature_map.signature_def.items()
    }


def _tensor_spec(info: TensorInfo) -> TensorSpec:
    if info.tensor_shape.unknown_rank:
        return TensorSpec(type_name(info.dtype), None)
    return TensorSpec(type_name(info.dtype), tuple(d.size if d.size >= 0 else None for d in info.tensor_shape.dim))


def not_connected(error: grpc.RpcError) -> bool:
    """Whether a call failed before it was sent, so that sending it again cannot do anything twice.

    gRPC itself repeats what a closing server did not look at.
    """
    return _code(error) == "UNAVAILABLE" and _words(error).startswith(_NOT_CONNECTED)


def rpc_error(error: grpc.RpcError, address: str, seconds: float) -> RpcError:
    """The failure of a call as one of ours.

    Args:
        error: what gRPC raised.
        address: of the server, for the message.
        seconds: how long the call was allowed to take.
    """
    code, words = _code(error), _words(error)
    untrusted = "handshake failed" in words or "CERTIFICATE" in words
    broken = code in ("UNAVAILABLE", "UNKNOWN", "INTERNAL") and any(sign in words for sign in _BROKEN)
    if untrusted and not_connected(error):
        return Unreachable(f"no TLS with the model server at {address} ({_last(words)})", hint=TLS_HINT)
    if not_connected(error):
        return Unreachable(
            f"no model server answers at {address} ({_last(words)})",
            hint="is it running, and on that port? aoi serve starts one",
        )
    if broken:
        return Unreachable(f"the model server at {address} hung up ({words})", hint="look at its log; then ask again")
    if code == "DEADLINE_EXCEEDED":
        return TooSlow(
            f"the model server at {address} did not answer within {seconds:g} s",
            hint="allow more time, or look at the server's load",
        )
    return RpcError(code, words)


def _code(error: grpc.RpcError) -> str:
    code: Callable[[], grpc.StatusCode] = getattr(error, "code", lambda: grpc.StatusCode.UNKNOWN)
    return code().name


def _words(error: grpc.RpcError) -> str:
    details: Callable[[], str | None] = getattr(error, "details", lambda: str(error))
    return details() or "the server gave no reason"


def _last(words: str) -> str:
    """What went wrong at the last of a server's addresses."""
    return words.rpartition("; last error: ")[2]


def serialize(message: Message) -> bytes:
    return message.SerializeToString()
