"""TensorFlow Serving's gRPC API: translates between messages and the data plane, nothing else."""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError, Message

from aoi_modules.errors import RpcError
from aoi_modules.serving.dataplane import DataPlane
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Workers
from aoi_modules.wire.messages import (
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelStatusRequest,
    MultiInferenceRequest,
    PredictRequest,
    RegressionRequest,
    ReloadConfigRequest,
)

log = logging.getLogger(__name__)

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"
NO_DEADLINE_SECONDS = 24 * 3600.0
"""How long a request without a deadline may take; a server never waits without end."""
MAX_TEXT = 1024
MAX_RELOADS = 8
"""So many new configs may wait for the one before them."""
MAX_MESSAGE_BYTES = (1 << 31) - 1
OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),  # a second server on the port is a mistake, not a partner
]

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


def add_services(server: grpc.aio.Server, plane: DataPlane, workers: Workers, monitor: Monitor) -> None:
    """Registers the services; methods that are not among them answer UNIMPLEMENTED."""

    def counted(api: str, method: Callable[[Any], Message]) -> Callable[[Any], Message]:
        def work(request: Any) -> Message:
            with monitor.request(_model_name(request), api, "GRPC"):
                return method(request)

        return work

    services: dict[str, dict[str, tuple[type[Message], Callable[[Any], Message]]]] = {
        PREDICTION_SERVICE: {
            "Predict": (PredictRequest, counted("Predict", plane.predict)),
            "Classify": (ClassificationRequest, counted("Classify", plane.classify)),
            "Regress": (RegressionRequest, counted("Regress", plane.regress)),
            "MultiInference": (MultiInferenceRequest, counted("MultiInference", plane.multi_inference)),
            "GetModelMetadata": (GetModelMetadataRequest, plane.metadata),
        },
        MODEL_SERVICE: {"GetModelStatus": (GetModelStatusRequest, plane.status)},
    }
    handlers = {
        service: {name: _handler(kind, _timeless(method), workers) for name, (kind, method) in methods.items()}
        for service, methods in services.items()
    }
    # A reload waits for loads; the threads that answer requests have better things to do.
    reloads = Workers(1, MAX_RELOADS)
    handlers[MODEL_SERVICE]["HandleReloadConfigRequest"] = _handler(ReloadConfigRequest, plane.reload, reloads)
    server.add_generic_rpc_handlers(
        tuple(grpc.method_handlers_generic_handler(service, methods) for service, methods in handlers.items())
    )


def _model_name(request: Any) -> str:
    """The model that a request asks; of several tasks, the first one's."""
    if isinstance(request, MultiInferenceRequest):
        return request.tasks[0].model_spec.name if request.tasks else ""
    name: str = request.model_spec.name
    return name


def _timeless(method: Callable[[Any], Message]) -> Callable[[Any, float], Message]:
    """A method that does not care how long its client waits."""
    return lambda request, seconds: method(request)


def _handler(request_type: type[Message], method: Callable[[Any, float], Message], workers: Workers) -> Any:
    def work(body: bytes, seconds: float) -> bytes:
        try:
            request = request_type.FromString(body)
        except DecodeError as error:
            raise RpcError("INTERNAL", f"Unable to parse the request: {error}") from None
        return method(request, seconds).SerializeToString()

    async def answer(body: bytes, context: Context) -> bytes:
        remaining = context.time_remaining()
        seconds = NO_DEADLINE_SECONDS if remaining is None else remaining
        try:
            return await workers.run(functools.partial(work, body, seconds), seconds)
        except RpcError as error:
            return await context.abort(grpc.StatusCode[error.code], _cut(error.message))
        except Exception as error:
            log.exception("a request failed inside the server")
            return await context.abort(grpc.StatusCode.INTERNAL, _cut(f"{type(error).__name__}: {error}"))

    # Great messages are read and written by the workers, so that the event loop stays free.
    return grpc.unary_unary_rpc_method_handler(_typed(answer))


def _typed(answer: Callable[[bytes, Context], Awaitable[bytes]]) -> Any:
    """grpcio's type stubs know handlers that are plain functions only."""
    return answer


def _cut(text: str) -> str:
    """Long texts do not fit into the trailing headers of a call."""
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "...TRUNCATED"
