"""A small real gRPC server that speaks TensorFlow Serving's messages and does what a test tells it to."""

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import grpc
import numpy as np
from google.protobuf.message import Message

from aoi_modules.client.grpc import calls
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.wire.messages import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    ModelVersionStatus,
    PredictRequest,
    PredictResponse,
    SignatureDefMap,
    StatusProto,
)
from aoi_modules.wire.schema import CODES, ENUMS
from aoi_modules.wire.tensors import Array, to_array, to_tensor

MODEL = "tile"
STATES = ENUMS["tensorflow.serving.ModelVersionStatus.State"]


def manifest(version: int = 1, threshold: float | None = 0.5) -> Manifest:
    """A manifest of one defect head and one class head."""
    return Manifest(
        component=MODEL,
        version=version,
        heads=(
            Head(name="defect", kind="defect", labels=("crack",), threshold=threshold, review_band=(0.4, 0.5)),
            Head(name="surface", kind="class", labels=("smooth", "rough", "torn")),
        ),
        picture=PictureInput(height=8, width=8, channels=1),
    )


class ModelServer:
    """Serves the model `tile`. Every attribute may be changed while it runs.

    Args:
        port: 0 takes a free one.
        host: the address of this machine on which it listens.
        credentials: speaks TLS with them.
        options: more of gRPC's for a server.

    Attributes:
        version: that answers when none is asked for.
        manifests: by version; a version without one answers as a model that has no such signature.
        outputs: what the model answers to N pictures.
        refusal: status and words to answer every Predict with.
        gate: cleared, Predict calls on pictures wait until it is set again.
        manifest_gate: cleared, Predict calls on the manifest wait until it is set again.
        asked: every request in order.
        beside: the metadata that each request's sender put beside it.
        left: seconds that each request's sender would still wait when it arrived.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        credentials: grpc.ServerCredentials | None = None,
        options: Sequence[tuple[str, Any]] = (),
    ) -> None:
        self.version = 1
        self.manifests: dict[int, bytes] = {1: manifest().to_json()}
        self.states: dict[int, str] = {1: "AVAILABLE"}
        self.outputs: Callable[[int], dict[str, Array]] = scores_of(0.1)
        self.refusal: tuple[grpc.StatusCode, str] | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.manifest_gate = threading.Event()
        self.manifest_gate.set()
        self.asked: list[PredictRequest] = []
        self.beside: list[dict[str, str | bytes]] = []
        self.left: list[float] = []
        self._server = grpc.server(ThreadPoolExecutor(32), options=[("grpc.so_reuseport", 0), *options])
        self._server.add_generic_rpc_handlers((_Handlers(self),))
        self.host = host
        address = f"{host}:{port}"
        self.port = (
            self._server.add_insecure_port(address)
            if credentials is None
            else self._server.add_secure_port(address, credentials)
        )
        self._server.start()

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def stop(self) -> None:
        self.gate.set()
        self.manifest_gate.set()
        self._server.stop(None).wait(10)

    def predict(self, request: PredictRequest, context: grpc.ServicerContext) -> PredictResponse:
        self.left.append(context.time_remaining() or math.inf)
        self.beside.append(dict(context.invocation_metadata()))
        self.asked.append(request)
        spec = request.model_spec
        version = spec.version.value or self.version
        known = version in self.states and self.states[version] == "AVAILABLE"
        if spec.name != MODEL or not known:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Servable not found for request: Latest({spec.name})")
        asks_manifest = spec.signature_name == "manifest"
        if not (self.manifest_gate if asks_manifest else self.gate).wait(30):
            context.abort(grpc.StatusCode.INTERNAL, "the test forgot its gate")
        if asks_manifest:
            return self._manifest_answer(version, context)
        if self.refusal is not None:
            context.abort(*self.refusal)
        count = len(to_array(request.inputs["image"]))
        return _response(version, spec.signature_name, self.outputs(count))

    def _manifest_answer(self, version: int, context: grpc.ServicerContext) -> PredictResponse:
        if version not in self.manifests:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, 'Serving signature key "manifest" not found.')
        return _response(version, "manifest", {"json": np.array(self.manifests[version], object)})

    def status(self, request: GetModelStatusRequest, context: grpc.ServicerContext) -> GetModelStatusResponse:
        if request.model_spec.name != MODEL:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find any versions of model {request.model_spec.name}")
        asked = request.model_spec.version.value
        if asked and asked not in self.states:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find version {asked} of model {MODEL}")
        return GetModelStatusResponse(
            model_version_status=[
                ModelVersionStatus(version=version, state=STATES[state], status=_loading_status(state))
                for version, state in self.states.items()
                if asked in (0, version)
            ]
        )

    def metadata(self, request: GetModelMetadataRequest, context: grpc.ServicerContext) -> GetModelMetadataResponse:
        signature_map = SignatureDefMap()
        entry = signature_map.signature_def["serving_default"]
        entry.inputs["image"].dtype = 7
        entry.inputs["image"].tensor_shape.dim.add(size=-1)
        for name, array in self.outputs(1).items():
            entry.outputs[name].dtype = 1
            for size in (-1, *array.shape[1:]):
                entry.outputs[name].tensor_shape.dim.add(size=size)
        response = GetModelMetadataResponse(model_spec=request.model_spec)
        response.metadata["signature_def"].Pack(signature_map)
        return response

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def scores_of(defect: float, surface: tuple[float, ...] = (0.7, 0.2, 0.1)) -> Callable[[int], dict[str, Array]]:
    """Outputs of a model that says the same about every picture."""

    def outputs(count: int) -> dict[str, Array]:
        return {
            "defect": np.full((count, 1), defect, np.float32),
            "surface": np.tile(np.array(surface, np.float32), (count, 1)),
        }

    return outputs


def _loading_status(state: str) -> StatusProto:
    broken = state == "END"
    return StatusProto(error_code=CODES.index("INTERNAL") if broken else 0, error_message="broken" if broken else "")


def _response(version: int, signature: str, outputs: dict[str, Array]) -> PredictResponse:
    response = PredictResponse(model_spec=ModelSpec(name=MODEL, signature_name=signature))
    response.model_spec.version.value = version
    for name, array in outputs.items():
        response.outputs[name].CopyFrom(to_tensor(array))
    return response


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, server: ModelServer) -> None:
        self._methods: dict[str, tuple[Callable[..., Any], type[Message]]] = {
            calls.PREDICT.name: (server.predict, PredictRequest),
            calls.STATUS.name: (server.status, GetModelStatusRequest),
            calls.METADATA.name: (server.metadata, GetModelMetadataRequest),
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        if handler_call_details.method not in self._methods:
            return None
        function, request = self._methods[handler_call_details.method]
        return grpc.unary_unary_rpc_method_handler(
            function, request_deserializer=request.FromString, response_serializer=calls.serialize
        )
