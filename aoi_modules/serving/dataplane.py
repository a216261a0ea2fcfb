"""What the server does, whatever protocol asks: predict, status, metadata."""

from collections.abc import Iterator
from contextlib import contextmanager

from aoi_modules.errors import RpcError, WireError
from aoi_modules.serving import signature_check
from aoi_modules.serving.servable import DEFAULT_SIGNATURE, Servable
from aoi_modules.serving.versions import Versions
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    ENUMS,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    PredictRequest,
    PredictResponse,
    SignatureDefMap,
)
from aoi_modules.wire.status import NUMBERS, invalid, not_found

METADATA_FIELD = "signature_def"
_STATES = ENUMS["tensorflow.serving.ModelVersionStatus.State"]


class DataPlane:
    """Answers requests from the models that are loaded.

    Args:
        versions: the models.
        as_content: answer numbers as raw `tensor_content` instead of one field a value.
    """

    def __init__(self, versions: Versions, *, as_content: bool = False) -> None:
        self._versions = versions
        self._as_content = as_content

    @contextmanager
    def servable(self, spec: ModelSpec) -> Iterator[Servable]:
        """Gives the servable that a request names, loaded for as long as the block runs.

        Raises:
            RpcError: INVALID_ARGUMENT no name or no such label; NOT_FOUND it is not served.
        """
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.HasField("version_label") else None
        with self._versions.lend(spec.name, version, label) as servable:
            yield servable

    def predict(self, request: PredictRequest) -> PredictResponse:
        """Runs a signature.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        _require_spec(request)
        with self.servable(request.model_spec) as servable:
            name = request.model_spec.signature_name or DEFAULT_SIGNATURE
            signature = servable.signature(name)
            if signature is None:
                raise RpcError("FAILED_PRECONDITION", f'Serving signature key "{name}" not found.')
            signature_check.check_names(signature, request.inputs.keys())
            try:
                inputs = {key: tensors.to_array(tensor, key) for key, tensor in request.inputs.items()}
            except WireError as error:
                raise invalid(error.message) from None
            outputs = servable.run(signature, inputs, list(request.output_filter))
        answer = PredictResponse()
        _fill_spec(answer.model_spec, servable)
        answer.model_spec.signature_name = name
        for key, array in outputs.items():
            try:
                answer.outputs[key].CopyFrom(tensors.to_tensor(array, content=self._as_content))
            except WireError as error:
                raise RpcError("UNIMPLEMENTED", f"output {key}: {error.message}") from None
        return answer

    def status(self, request: GetModelStatusRequest) -> GetModelStatusResponse:
        """The state of one version or, without one, of all versions of a model. A label is not looked at.

        Raises:
            RpcError: INVALID_ARGUMENT no model spec; NOT_FOUND nothing is known of it.
        """
        _require_spec(request)
        spec = request.model_spec
        statuses = self._versions.statuses(spec.name)
        if spec.HasField("version"):
            version = spec.version.value
            if version not in statuses:
                raise not_found(f"Could not find version {version} of model {spec.name}")
            statuses = {version: statuses[version]}
        if not statuses:
            raise not_found(f"Could not find any versions of model {spec.name}")
        answer = GetModelStatusResponse()
        for version, status in statuses.items():
            entry = answer.model_version_status.add(version=version, state=_STATES[status.state])
            entry.status.error_code = NUMBERS[status.code]
            entry.status.error_message = status.message
        return answer

    def metadata(self, request: GetModelMetadataRequest) -> GetModelMetadataResponse:
        """The signatures of a model version.

        Raises:
            RpcError: INVALID_ARGUMENT another field than signature_def was asked for; NOT_FOUND it is not served.
        """
        _require_spec(request)
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != METADATA_FIELD:
                raise invalid(f"Metadata field {field} is not supported")
        signatures = SignatureDefMap()
        answer = GetModelMetadataResponse()
        with self.servable(request.model_spec) as servable:
            for name, signature in servable.signatures.items():
                signatures.signature_def[name].CopyFrom(signature)
                signatures.signature_def[name].ClearField("defaults")  # the original keeps them to itself, too
            _fill_spec(answer.model_spec, servable)
        answer.metadata[METADATA_FIELD].Pack(signatures)
        return answer


def _require_spec(request: PredictRequest | GetModelStatusRequest | GetModelMetadataRequest) -> None:
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")


def _fill_spec(spec: ModelSpec, servable: Servable) -> None:
    spec.name = servable.name
    spec.version.value = servable.version
