"""What the server does, whatever protocol asks: find the model version, let it answer; status, metadata."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from google.protobuf.wrappers_pb2 import StringValue
from numpy.typing import NDArray

from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving import model_config
from aoi_modules.serving.answering import inference
from aoi_modules.serving.answering.servable import Call, Servable
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.lifecycle.versions import Versions
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Steps, finish
from aoi_modules.wire.messages import (
    ENUMS,
    ClassificationRequest,
    ClassificationResponse,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    MultiInferenceRequest,
    MultiInferenceResponse,
    PredictRequest,
    PredictResponse,
    RegressionRequest,
    RegressionResponse,
    ReloadConfigRequest,
    ReloadConfigResponse,
    SignatureDef,
    SignatureDefMap,
)
from aoi_modules.wire.status import NUMBERS, invalid, not_found

log = logging.getLogger(__name__)

METADATA_FIELD = "signature_def"
ENGINE_FIELD = "engine"
"""Our own: a google.protobuf.StringValue, the name of the engine that runs the version."""
_WithSpec: TypeAlias = (
    PredictRequest | ClassificationRequest | RegressionRequest | GetModelStatusRequest | GetModelMetadataRequest
)
Judged = TypeVar("Judged", ClassificationResponse, RegressionResponse)
_STATES = ENUMS["tensorflow.serving.ModelVersionStatus.State"]


class DataPlane:
    """Answers requests from the models that are loaded.

    Args:
        versions: the models.
        as_content: answer numbers as raw `tensor_content` instead of one field a value.
        check_methods: refuse signatures whose method name is not that of the request.
        monitor: learns how long engines run, and how many examples they are given.
    """

    def __init__(
        self,
        versions: Versions,
        *,
        as_content: bool = False,
        check_methods: bool = False,
        monitor: Monitor | None = None,
    ) -> None:
        self._versions = versions
        self._monitor = monitor or Monitor()
        self._as_content = as_content
        self._check_methods = check_methods

    @property
    def check_methods(self) -> bool:
        return self._check_methods

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
        return finish(self.predict_steps(request))

    def predict_steps(self, request: PredictRequest) -> Steps[PredictResponse]:
        """As `predict`, in steps."""
        _require_spec(request)
        with self.servable(request.model_spec) as servable:
            call = inference.predict_call(servable, request, check_method=self._check_methods)
            outputs = yield from self.timed_steps(servable, call, "Predict")
            answer = inference.predict_answer(outputs, as_content=self._as_content)
        _fill_spec(answer.model_spec, servable, request.model_spec)
        return answer

    def classify(self, request: ClassificationRequest) -> ClassificationResponse:
        """Labels and scores for tf.Examples.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        return self._judged(inference.classify, "Classify", request, ClassificationResponse())

    def regress(self, request: RegressionRequest) -> RegressionResponse:
        """One number for each tf.Example.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        return self._judged(inference.regress, "Regress", request, RegressionResponse())

    def _judged(self, judge: Callable[..., Any], api: str, request: Any, answer: Judged) -> Judged:
        """Fills an answer with what a servable says to tf.Examples, and with who said it."""
        _require_spec(request)
        spec = request.model_spec
        with self.servable(spec) as servable:
            run = self.timed(servable, api)
            result = judge(servable, spec.signature_name, request.input, check_method=self._check_methods, run=run)
        answer.result.CopyFrom(result)
        self._monitor.examples(servable.name, inference.example_count(request.input))
        _fill_spec(answer.model_spec, servable, spec)
        return answer

    def multi_inference(self, request: MultiInferenceRequest) -> MultiInferenceResponse:
        """Several Classify and Regress tasks on one input; the first task decides which version answers.

        Raises:
            RpcError: the tasks do not fit together, or the model refuses the input.
        """
        spec = request.tasks[0].model_spec if request.tasks else ModelSpec()
        with self.servable(spec) as servable:
            answer = inference.multi_inference(
                servable, request, check_method=self._check_methods, run=self.timed(servable, "MultiInference")
            )
        self._monitor.examples(servable.name, inference.example_count(request.input))
        return answer

    def timed_steps(self, servable: Servable, call: Call, api: str) -> Steps[dict[str, NDArray[Any]]]:
        """A call of a model, whose time the monitor learns."""
        with self._monitor.runtime(servable.name, api, servable.engine_name):
            outputs = yield call
        return outputs

    def timed(self, servable: Servable, api: str) -> inference.Run:
        """The servable's `run`, whose time the monitor learns."""

        def run(signature: SignatureDef, inputs: Arrays, outputs: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
            with self._monitor.runtime(servable.name, api, servable.engine_name):
                return servable.run(signature, inputs, outputs)

        return run

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

    def reload(self, request: ReloadConfigRequest, seconds: float) -> ReloadConfigResponse:
        """Serves the models of a config, and no others; answers when the new ones are available.

        Args:
            request: the whole list of models.
            seconds: how long to wait for them.

        Raises:
            RpcError: the config cannot be served, or a new model cannot be loaded.
        """
        if request.config.WhichOneof("config") != "model_config_list":
            raise invalid(
                "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently "
                "supported"
            )
        models = model_config.from_message(request.config, self._versions.names())
        log.info("the models are configured anew: %s", ", ".join(model.name for model in models) or "none")
        self._versions.reload(models, seconds)
        answer = ReloadConfigResponse()
        answer.status.SetInParent()
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
            if field not in (METADATA_FIELD, ENGINE_FIELD):
                raise invalid(f"Metadata field {field} is not supported")
        signatures = SignatureDefMap()
        answer = GetModelMetadataResponse()
        with self.servable(request.model_spec) as servable:
            for name, signature in servable.signatures.items():
                signatures.signature_def[name].CopyFrom(signature)
                signatures.signature_def[name].ClearField("defaults")  # the original keeps them to itself, too
            answer.model_spec.name = servable.name
            answer.model_spec.version.value = servable.version
            engine = StringValue(value=servable.engine_name)
        if METADATA_FIELD in request.metadata_field:
            answer.metadata[METADATA_FIELD].Pack(signatures)
        if ENGINE_FIELD in request.metadata_field:
            answer.metadata[ENGINE_FIELD].Pack(engine)
        return answer


def _require_spec(request: _WithSpec) -> None:
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")


def _fill_spec(spec: ModelSpec, servable: Servable, asked: ModelSpec) -> None:
    """Says which version and signature answered."""
    spec.name = servable.name
    spec.version.value = servable.version
    spec.signature_name = asked.signature_name or DEFAULT_SIGNATURE
