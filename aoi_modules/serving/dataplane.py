"""What the server does, whatever protocol asks: find the model version, let it answer; status, metadata."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from google.protobuf.wrappers_pb2 import StringValue

from aoi_modules.serving import model_config
from aoi_modules.serving.answering import examples
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.serving.answering.example_method import ExampleMethod
from aoi_modules.serving.answering.inference import Answer, Inference
from aoi_modules.serving.answering.multi_inference import inferences
from aoi_modules.serving.answering.predict import PredictForm, predict
from aoi_modules.serving.answering.regress import REGRESS
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.serving.job import Steps
from aoi_modules.serving.lifecycle.versions import Versions
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.wire.messages import (
    ClassificationRequest,
    ClassificationResponse,
    ClassificationResult,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    MultiInferenceRequest,
    MultiInferenceResponse,
    PredictRequest,
    RegressionRequest,
    RegressionResponse,
    RegressionResult,
    ReloadConfigRequest,
    ReloadConfigResponse,
    SignatureDefMap,
)
from aoi_modules.wire.schema import ENUMS
from aoi_modules.wire.status import NUMBERS, invalid, not_found

log = logging.getLogger(__name__)

METADATA_FIELD = "signature_def"
ENGINE_FIELD = "engine"
"""Our own: a google.protobuf.StringValue, the name of the engine that runs the version."""
_STATES = ENUMS["tensorflow.serving.ModelVersionStatus.State"]

_WithSpec: TypeAlias = (
    PredictRequest | ClassificationRequest | RegressionRequest | GetModelStatusRequest | GetModelMetadataRequest
)
_Result = TypeVar("_Result", ClassificationResult, RegressionResult)


class DataPlane:
    """Answers requests from the models that are loaded.

    What runs a model is given in steps, see `job`: no thread waits for it. The rest is answered at once.

    Args:
        versions: the models.
        check_methods: refuse signatures whose method name is not that of the request.
        monitor: learns how long engines run, and how many examples they are given.
    """

    def __init__(self, versions: Versions, *, check_methods: bool = False, monitor: Monitor | None = None) -> None:
        self._versions = versions
        self._check_methods = check_methods
        self._monitor = monitor or Monitor()

    def predict(self, spec: ModelSpec, form: PredictForm[Answer]) -> Steps[Answer]:
        """Runs a signature.

        Args:
            spec: names model, version or label, and signature; is told the version that answers.
            form: the request as its protocol writes it, and so the answer.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        with self._servable(spec) as servable:
            inference = predict(servable, spec.signature_name, form, check_method=self._check_methods)
            return (yield from self._run("Predict", servable, inference))

    def classify(self, request: ClassificationRequest) -> Steps[ClassificationResponse]:
        """Gives labels and scores for tf.Examples.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        answer = ClassificationResponse()
        result = yield from self._on_examples("Classify", CLASSIFY, request, answer.model_spec)
        answer.result.CopyFrom(result)
        return answer

    def regress(self, request: RegressionRequest) -> Steps[RegressionResponse]:
        """Gives one number for each tf.Example.

        Raises:
            RpcError: the request does not fit, or the model refuses it.
        """
        answer = RegressionResponse()
        result = yield from self._on_examples("Regress", REGRESS, request, answer.model_spec)
        answer.result.CopyFrom(result)
        return answer

    def multi_inference(self, request: MultiInferenceRequest) -> Steps[MultiInferenceResponse]:
        """Runs several Classify and Regress tasks on one input; the first task decides which version answers.

        Raises:
            RpcError: the tasks do not fit together, or the model refuses the input.
        """
        answer = MultiInferenceResponse()
        with self._servable(request.tasks[0].model_spec if request.tasks else ModelSpec()) as servable:
            for inference in inferences(servable, request, check_method=self._check_methods):
                result = yield from self._run("MultiInference", servable, inference)
                answer.results.add().CopyFrom(result)
        self._monitor.examples(servable.name, examples.count(request.input))
        return answer

    def _on_examples(
        self,
        api: str,
        method: ExampleMethod[_Result],
        request: ClassificationRequest | RegressionRequest,
        answered: ModelSpec,
    ) -> Steps[_Result]:
        """The result for tf.Examples; `answered` is told which version gave it."""
        spec = spec_of(request)
        with self._servable(spec) as servable:
            inference = method.inference(servable, spec.signature_name, request.input, check_method=self._check_methods)
            result = yield from self._run(api, servable, inference)
            servable.fill_spec(answered, spec.signature_name)
        self._monitor.examples(servable.name, examples.count(request.input))
        return result

    def _run(self, api: str, servable: Servable, inference: Inference[Answer]) -> Steps[Answer]:
        """Asks a model, and makes the answer of its outputs. The monitor learns how long the model took."""
        ask = servable.ask(inference)
        with self._monitor.runtime(servable.name, api, servable.engine_name):
            outputs = yield ask
        return inference.write(outputs)

    @contextmanager
    def _servable(self, spec: ModelSpec) -> Iterator[Servable]:
        """The servable that a request names, loaded for as long as the block runs. The spec is told its version.

        Raises:
            RpcError: INVALID_ARGUMENT no name or no such label; NOT_FOUND it is not served.
        """
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.HasField("version_label") else None
        with self._versions.lend(spec.name, version, label) as servable:
            spec.version.value = servable.version  # for whoever logs the call: a label may move on
            yield servable

    def status(self, request: GetModelStatusRequest) -> GetModelStatusResponse:
        """Tells the state of one version or, without one, of all versions of a model. A label does not count.

        Raises:
            RpcError: INVALID_ARGUMENT no model spec; NOT_FOUND nothing is known of it.
        """
        spec = spec_of(request)
        statuses = self._versions.statuses(spec.name)
        if spec.HasField("version"):
            version = spec.version.value
            if version not in statuses:
                raise not_found(f"Could not find version {version} of model {spec.name}")
            statuses = {version: statuses[version]}
        if not statuses:
            trouble = self._versions.trouble(spec.name)
            raise not_found(f"Could not find any versions of model {spec.name}{trouble and f': {trouble}'}")
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
        """Tells the signatures of a model version.

        Raises:
            RpcError: INVALID_ARGUMENT another field than signature_def was asked for; NOT_FOUND it is not served.
        """
        spec = spec_of(request)
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field not in (METADATA_FIELD, ENGINE_FIELD):
                raise invalid(f"Metadata field {field} is not supported")
        signatures = SignatureDefMap()
        answer = GetModelMetadataResponse()
        with self._servable(spec) as servable:
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


def spec_of(request: _WithSpec) -> ModelSpec:
    """Gives the part of a request that names the model.

    Raises:
        RpcError: INVALID_ARGUMENT, the request has none.
    """
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    return request.model_spec
