"""TensorFlow Serving's gRPC API: translates between messages and the data plane, nothing else."""

import asyncio
import functools
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeAlias, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from aoi_modules.errors import RpcError
from aoi_modules.logs import REQUEST_ID
from aoi_modules.serving.answering import predict_messages
from aoi_modules.serving.dataplane import DataPlane, spec_of
from aoi_modules.serving.doors.call_log import Call, CallLog
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.job import LONGEST_SECONDS, Steps
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Workers
from aoi_modules.wire.messages import (
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelStatusRequest,
    ModelSpec,
    MultiInferenceRequest,
    PredictRequest,
    PredictResponse,
    RegressionRequest,
    ReloadConfigRequest,
)

log = logging.getLogger(__name__)

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"
MAX_TEXT = 1024
"""Of an error, in characters: longer texts do not fit into the trailing headers of a call."""
LIGHT_BYTES = 1 << 20
"""A Predict of up to so many bytes is read in the event loop: that takes less time than to hand it to a thread."""
MAX_RELOADS = 8
"""So many new configs may wait for the one before them."""

Parsed = TypeVar("Parsed", bound=Message)
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class GrpcService:
    """The services of one server.

    Args:
        plane: answers.
        workers: the threads it answers in.
        monitor: counts requests.
        calls: writes down those that are refused or slow.
        answers: says when an answer may go.
        as_content: answer numbers as raw `tensor_content` instead of one field a value.
    """

    def __init__(
        self,
        plane: DataPlane,
        workers: Workers,
        monitor: Monitor,
        calls: CallLog,
        answers: HeldAnswers,
        *,
        as_content: bool = False,
    ) -> None:
        self._plane = plane
        self._workers = workers
        self._monitor = monitor
        self._calls = calls
        self._answers = answers
        self._as_content = as_content
        # A reload waits for loads; the threads that answer requests have better things to do.
        self._reloads = Workers(1, MAX_RELOADS)

    def add_to(self, server: grpc.aio.Server) -> None:
        """Registers the services; methods that are not among them answer UNIMPLEMENTED."""
        plane = self._plane
        services: dict[str, dict[str, Any]] = {
            PREDICTION_SERVICE: {
                "Predict": self._in_steps("Predict", PredictRequest, self._predict, LIGHT_BYTES),
                "Classify": self._in_steps("Classify", ClassificationRequest, plane.classify),
                "Regress": self._in_steps("Regress", RegressionRequest, plane.regress),
                "MultiInference": self._in_steps("MultiInference", MultiInferenceRequest, plane.multi_inference),
                "GetModelMetadata": self._at_once(
                    "GetModelMetadata", GetModelMetadataRequest, _timeless(plane.metadata), self._workers
                ),
            },
            MODEL_SERVICE: {
                "GetModelStatus": self._at_once(
                    "GetModelStatus", GetModelStatusRequest, _timeless(plane.status), self._workers
                ),
                "HandleReloadConfigRequest": self._at_once(
                    "HandleReloadConfigRequest", ReloadConfigRequest, plane.reload, self._reloads
                ),
            },
        }
        server.add_generic_rpc_handlers(
            tuple(grpc.method_handlers_generic_handler(service, methods) for service, methods in services.items())
        )

    def _predict(self, request: PredictRequest) -> Steps[PredictResponse]:
        form = predict_messages.form(request, as_content=self._as_content)
        return self._plane.predict(spec_of(request), form)

    def _in_steps(
        self, api: str, kind: type[Parsed], method: Callable[[Parsed], Steps[Message]], light_bytes: int = 0
    ) -> Any:
        """The handler of a method that runs a model. Requests of up to `light_bytes` are read in the event loop."""

        def steps(request: Parsed | bytes, call: Call) -> Steps[bytes]:
            if isinstance(request, bytes):
                request = _parsed(kind, request)
            call.spec = _spec(request)
            with self._monitor.request(call.spec.name, api, "GRPC"):
                answer = yield from method(request)
            return answer.SerializeToString()

        async def answer(body: bytes, seconds: float, call: Call) -> bytes:
            request = _parsed(kind, body) if len(body) <= light_bytes else body
            return await self._workers.walk(steps(request, call), seconds, light=_is_light(request))

        return self._handler(api, answer)

    def _at_once(
        self, api: str, kind: type[Parsed], method: Callable[[Parsed, float], Message], workers: Workers
    ) -> Any:
        """The handler of a method that runs no model."""

        def work(body: bytes, seconds: float, call: Call) -> bytes:
            request = _parsed(kind, body)
            call.spec = _spec(request)
            return method(request, seconds).SerializeToString()

        async def answer(body: bytes, seconds: float, call: Call) -> bytes:
            return await workers.run(functools.partial(work, body, seconds, call), seconds)

        return self._handler(api, answer)

    def _handler(self, api: str, work: Callable[[bytes, float, Call], Awaitable[bytes]]) -> Any:
        """The handler of a method: it answers or refuses."""

        async def answer(body: bytes, context: Context) -> bytes:
            call, request_id = Call("gRPC", api), functools.partial(_request_id, context)
            try:
                answered = await work(body, _seconds(context), call)
                await self._answers.may_go()
            except asyncio.CancelledError:
                code = "CANCELLED" if _seconds(context) else "DEADLINE_EXCEEDED"
                self._calls.refused(call, code, "nobody waits for the answer any more", request_id)
                raise
            except Exception as error:  # whatever it is, the client hears of it; a fault of ours is logged whole
                code = error.code if isinstance(error, RpcError) else "INTERNAL"
                self._calls.refused(call, code, str(error), request_id)
                await self._answers.may_go()
                return await _refuse(context, error)
            self._calls.answered(call, "OK", request_id)
            return answered

        return grpc.unary_unary_rpc_method_handler(_typed(answer))


def _spec(request: Any) -> ModelSpec:
    """Which model a request asks; of several tasks, the first one does. A reload asks none."""
    if isinstance(request, ReloadConfigRequest):
        return ModelSpec()
    if isinstance(request, MultiInferenceRequest):
        return request.tasks[0].model_spec if request.tasks else ModelSpec()
    spec: ModelSpec = request.model_spec
    return spec


def _request_id(context: Context) -> str:
    """The id that the client gave the call; empty if it gave none."""
    return next((str(value) for name, value in context.invocation_metadata() or () if name == REQUEST_ID), "")


def _timeless(method: Callable[[Any], Message]) -> Callable[[Any, float], Message]:
    """A method that does not care how long its client waits."""
    return lambda request, seconds: method(request)


def _is_light(request: Message | bytes) -> bool:
    """Whether a Predict becomes arrays in no time. One value may stand for all values of a large tensor."""
    return isinstance(request, PredictRequest) and all(
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
    return LONGEST_SECONDS if remaining is None else remaining


async def _refuse(context: Context, error: Exception) -> NoReturn:
    if isinstance(error, RpcError):
        await context.abort(grpc.StatusCode[error.code], _cut(error.message))
    log.error("a request failed inside the server", exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, _cut(f"{type(error).__name__}: {error}"))


def _typed(answer: Callable[[bytes, Context], Awaitable[bytes]]) -> Any:
    """grpcio's type stubs know handlers that are plain functions only."""
    return answer


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "...TRUNCATED"
