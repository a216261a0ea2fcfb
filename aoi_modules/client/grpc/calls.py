"""TensorFlow Serving's gRPC calls: their names, requests and answers."""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from google.protobuf.message import DecodeError, Message

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.inputs import Inputs, carried
from aoi_modules.client.replies import Prediction, Signature, TensorSpec, VersionStatus, as_scores
from aoi_modules.errors import WireError
from aoi_modules.wire.messages import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    PredictRequest,
    PredictResponse,
    ReloadConfigRequest,
    ReloadConfigResponse,
    SignatureDefMap,
    TensorInfo,
)
from aoi_modules.wire.schema import CODES, ENUMS
from aoi_modules.wire.tensors import pack, to_array, type_name

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)
Metadata: TypeAlias = tuple[tuple[str, str], ...]
"""What goes beside a call's message: names in lower case, and texts of ASCII."""


@dataclass(frozen=True)
class Method(Generic[Request, Response]):
    """One method of the server: its full name, and the message that it answers with."""

    name: str
    response: type[Response]


PREDICT = Method[PredictRequest, PredictResponse]("/tensorflow.serving.PredictionService/Predict", PredictResponse)
METADATA = Method[GetModelMetadataRequest, GetModelMetadataResponse](
    "/tensorflow.serving.PredictionService/GetModelMetadata", GetModelMetadataResponse
)
STATUS = Method[GetModelStatusRequest, GetModelStatusResponse](
    "/tensorflow.serving.ModelService/GetModelStatus", GetModelStatusResponse
)
RELOAD = Method[ReloadConfigRequest, ReloadConfigResponse](
    "/tensorflow.serving.ModelService/HandleReloadConfigRequest", ReloadConfigResponse
)

_STATES = {number: name for name, number in ENUMS["tensorflow.serving.ModelVersionStatus.State"].items()}


def model_spec(endpoint: Endpoint, signature: str = "") -> ModelSpec:
    """Makes the part of a request that says which model and version is asked, and which signature."""
    spec = ModelSpec(name=endpoint.model, signature_name=signature)
    if endpoint.version is not None:
        spec.version.value = endpoint.version
    elif endpoint.label is not None:
        spec.version_label = endpoint.label
    return spec


def predict_request(endpoint: Endpoint, inputs: Inputs, signature: str) -> PredictRequest:
    """Makes a Predict request.

    Args:
        endpoint: which model and version.
        inputs: by name; arrays of any shape and of any dtype that TensorFlow has, or lists of bytes.
        signature: that is asked.

    Raises:
        WireError: an input is no array, or has a dtype that TensorFlow has not.
    """
    request = PredictRequest(model_spec=model_spec(endpoint, signature))
    for name, value in carried(inputs).items():
        pack(value, request.inputs[name])
    return request


def prediction(response: PredictResponse) -> Prediction:
    """Reads the answer of a Predict call.

    Raises:
        WireError: an output contradicts itself.
    """
    outputs = {name: to_array(tensor, name) for name, tensor in response.outputs.items()}
    scores = {name: as_scores(array) for name, array in outputs.items()}
    return Prediction(scores, response.model_spec.name, response.model_spec.version.value, outputs)


def status_request(endpoint: Endpoint) -> GetModelStatusRequest:
    """Makes a GetModelStatus request, about all versions unless the endpoint names one."""
    return GetModelStatusRequest(model_spec=model_spec(endpoint))


def version_statuses(response: GetModelStatusResponse) -> list[VersionStatus]:
    """Reads the answer of a GetModelStatus call, newest version first."""
    statuses = [
        VersionStatus(
            status.version,
            _STATES.get(status.state, "UNKNOWN"),
            code_name(status.status.error_code),
            status.status.error_message,
        )
        for status in response.model_version_status
    ]
    return sorted(statuses, key=lambda status: -status.version)


def code_name(number: int) -> str:
    """Gives the canonical name of an error code in an answer (`NOT_FOUND`)."""
    return CODES[number] if number < len(CODES) else "UNKNOWN"


def metadata_request(endpoint: Endpoint) -> GetModelMetadataRequest:
    """Makes a GetModelMetadata request for the signatures."""
    return GetModelMetadataRequest(model_spec=model_spec(endpoint), metadata_field=["signature_def"])


def signatures(response: GetModelMetadataResponse) -> dict[str, Signature]:
    """Reads the answer of a GetModelMetadata call.

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


def serialize(message: Message) -> bytes:
    """Writes a message as gRPC sends it."""
    return message.SerializeToString()


def _tensor_spec(info: TensorInfo) -> TensorSpec:
    if info.tensor_shape.unknown_rank:
        return TensorSpec(type_name(info.dtype), None)
    return TensorSpec(type_name(info.dtype), tuple(d.size if d.size >= 0 else None for d in info.tensor_shape.dim))
