"""TensorFlow Serving's gRPC API: translates between messages and the data plane, nothing else."""

import functools
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeAlias, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from aoi_modules.errors import RpcError
from aoi_modules.serving.dataplane import DataPlane
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Steps, Workers
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
LIGHT_BYTES = 1 << 20
"""A Predict of up to so many bytes is read in the event loop; that takes less time than to hand it to a thread."""
MAX_RELOADS = 8
"""So many new configs may wait for the one before them."""
MAX_MESSAGE_BYTES = (1 << 31) - 1
MINUTE = 60_000
"""In milliseconds."""
OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    # Nobody holds a connection for ever by sending or reading slowly. After its age a client opens another one for new
    # calls by itself; calls under way go on, and are cut off only when the grace is over.
    ("grpc.server_handshake_timeout_ms", 20_000),
    ("grpc.max_connection_idle_ms", 30 * MINUTE),
    ("grpc.max_connection_age_ms", 60 * MINUTE),
    ("grpc.max_connection_age_grace_ms", 60 * MINUTE),
    ("grpc.max_concurrent_streams", 1024),
    ("grpc.so_reuseport", 0),  # a second server on the port is a mistake, not a partner
]

Parsed = TypeVar("Parsed", bound=Message)
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
    handlers[PREDICTION_SERVICE]["Predict"] = _predict_handler(plane, workers, monitor)
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


def _predict_handler(plane: DataPlane, workers: Workers, monitor: Monitor) -> Any:
    """Predict, the one that is asked all the time: no thread waits for the model."""

    def steps(request: PredictRequest | bytes) -> Steps[bytes]:
        if isinstance(request, bytes):
            request = _parsed(PredictRequest, request)
        with monitor.request(request.model_spec.name, "Predict", "GRPC"):
            answer = yield from plane.predict_steps(request)
        return answer.SerializeToString()

    async def answer(body: bytes, context: Context) -> bytes:
        seconds = _seconds(context)
        try:
            request = _parsed(PredictRequest, body) if len(body) <= LIGHT_BYTES else body
            return await workers.walk(steps(request), seconds, light=_is_light(request))
        except Exception as error:
            return await _refuse(context, error)

    return grpc.unary_unary_rpc_method_handler(_typed(answer))


def _handler(request_type: type[Message], method: Callable[[Any, float], Message], workers: Workers) -> Any:
    def work(body: bytes, seconds: float) -> bytes:
        return method(_parsed(request_type, body), seconds).SerializeToString()

    async def answer(body: bytes, context: Context) -> bytes:
        seconds = _seconds(context)
        try:
            return await workers.run(functools.partial(work, body, seconds), seconds)
        except Exception as error:
            return await _refuse(context, error)

    # Great messages are read and written by the workers, so that the event loop stays free.
    return grpc.unary_unary_rpc_method_handler(_typed(answer))


def _is_light(request: PredictRequest | bytes) -> bool:
    """Whether a request becomes arrays in no time. One value may stand for all values of a large tensor."""
    if isinstance(request, bytes):
        return False
    return all(
        math.prod(dim.size for dim in tensor.tensor_shape.dim) <= LIGHT_BYTES for tensor in request.inputs.values()
    )


def _parsed(request_type: type[Parsed], body: bytes) -> Parsed:
    try:
        return request_type.FromString(body)
    except DecodeError as error:
        raise RpcError("INTERNAL", f"Unable to parse the request: {error}") from None


def _seconds(context: Context) -> float:
    """How long the client waits."""
    remaining = context.time_remaining()
    return NO_DEADLINE_SECONDS if remaining is None else remaining


async def _refuse(context: Context, error: Exception) -> NoReturn:
    if isinstance(error, RpcError):
        await context.abort(grpc.StatusCode[error.code], _cut(error.message))
    log.error("a request failed inside the server", exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, _cut(f"{type(error).__name__}: {error}"))


def _typed(answer: Callable[[bytes, Context], Awaitable[bytes]]) -> Any:
    """grpcio's type stubs know handlers that are plain functions only."""
    return answer


def _cut(text: str) -> str:
    """Long texts do not fit into the trailing headers of a call."""
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "...TRUNCATED"
