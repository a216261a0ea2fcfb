"""The gateway's gRPC interface: TensorFlow Serving's own services, so that a client changes the address alone.

A model is called by the name of its component. Each picture of a Predict is an inspection; the outputs are the model's,
and the verdicts follow as trailing metadata: `aoi-verdict` and `aoi-inspection`, one for each picture, with commas.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import grpc
import grpc.aio
import structlog
from google.protobuf.message import DecodeError, Message

from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.calls import Method, Request, Response
from aoi_modules.errors import AoiError, RpcError
from aoi_modules.gateway.admission import Admission, Memory
from aoi_modules.gateway.doors import picture_log
from aoi_modules.gateway.doors.access.door_tls import DoorTls
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.grpc_call import Call, CalledPicture, Context
from aoi_modules.gateway.doors.grpc_codes import code_of, words_of
from aoi_modules.gateway.doors.grpc_messages import asks_manifest, check_version, response_of, shots_of, spec_for
from aoi_modules.gateway.doors.picture_log import Log
from aoi_modules.gateway.line import Answer, Line
from aoi_modules.gateway.metrics import UNKNOWN, Metrics
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.shots import Shot
from aoi_modules.gateway.watching.tracing import Tracing
from aoi_modules.wire.messages import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelSpec,
    PredictRequest,
    PredictResponse,
)

VERDICT, INSPECTION, VERSION = "aoi-verdict", "aoi-inspection", "aoi-version"
MOST_CALLS = 256
"""Calls at a time; gRPC refuses further ones with RESOURCE_EXHAUSTED."""
READ_AT_ONCE = 8
"""Messages that are read at a time; of others nothing is taken from the network. All that were read may have as many
bytes as units that come by HTTP at a time; one that would make it more is refused with RESOURCE_EXHAUSTED."""
AT_ONCE = 8
"""Pictures of one call that are asked about at a time."""
LIGHT_BYTES = 1 << 20
"""A message of up to so many bytes is read in the event loop: that takes less time than to hand it to a thread."""
FAULTS = ("DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNKNOWN")
"""Codes that say that a server failed, as OpenTelemetry's conventions have it; others are about the request."""
_SPARE_BYTES = 1 << 20
_MARGIN_SECONDS = 2.0

Parsed = TypeVar("Parsed", bound=Message)


class GrpcApp:
    """The gRPC services of one gateway. Made inside the running event loop.

    Args:
        routes: gives those in force.
        metrics: counts calls.
        log: learns of each call.
        tracing: makes a span of each call.
        porter: gives whoever knows who comes.
    """

    def __init__(
        self,
        routes: Callable[[], Routes],
        metrics: Metrics,
        log: structlog.stdlib.BoundLogger,
        tracing: Tracing,
        porter: Callable[[], Porter] = Porter,
    ) -> None:
        self._routes = routes
        self._metrics = metrics
        self._log = log
        self._tracing = tracing
        self._porter = porter
        self._line: Line | None = None
        self._running: set[asyncio.Future[Any]] = set()
        self._reading = Admission("messages", READ_AT_ONCE, MOST_CALLS)
        self._memory = Memory("messages")
        self._hurried = asyncio.Event()
        self._server = grpc.aio.server(
            options=[
                ("grpc.so_reuseport", 0),  # a second server on the port is a mistake, not a partner
                ("grpc.max_send_message_length", -1),
                ("grpc.max_receive_message_length", routes().max_unit_bytes + _SPARE_BYTES),
                ("grpc.http2.bdp_probe", 0),  # else megabytes of each message are taken before anybody reads it
            ],
            maximum_concurrent_rpcs=MOST_CALLS,
        )

    def listen(self, host: str, port: int, tls: DoorTls | None = None) -> int:
        """Opens the port; 0 takes a free one, which is returned. With `tls` it takes no plain connection.

        Raises:
            AoiError: the address is taken or not this machine's.
        """
        place = f"[{host}]" if ":" in host else host
        try:
            if tls is not None:
                return self._server.add_secure_port(f"{place}:{port}", tls.grpc_credentials())
            return self._server.add_insecure_port(f"{place}:{port}")
        except RuntimeError:  # gRPC says no more than that it failed
            raise AoiError(
                f"cannot listen on {host}:{port} for gRPC",
                hint="another program may listen there; --grpc_port any takes a free port",
            ) from None

    async def open(self, line: Line) -> None:
        """Takes calls from now on."""
        self._line = line
        services: dict[Method[Any, Any], Any] = {
            calls.PREDICT: self._handler(calls.PREDICT, PredictRequest, self._predict),
            calls.METADATA: self._handler(calls.METADATA, GetModelMetadataRequest, self._metadata),
            calls.STATUS: self._handler(calls.STATUS, GetModelStatusRequest, self._status),
        }
        self._server.add_generic_rpc_handlers(tuple(_service(method, how) for method, how in services.items()))
        await self._server.start()

    async def close(self) -> None:
        """Takes no further calls, and waits for the inspections that are under way, unless it has to hurry."""
        finishing, hurried = asyncio.create_task(self._finish()), asyncio.create_task(self._hurried.wait())
        await asyncio.wait([finishing, hurried], return_when=asyncio.FIRST_COMPLETED)
        await self._server.stop(None)
        for task in (finishing, hurried):
            task.cancel()
        await asyncio.gather(finishing, hurried, return_exceptions=True)

    def hurry(self) -> None:
        """Breaks off what is under way, once it is to be closed."""
        self._hurried.set()

    async def _finish(self) -> None:
        longest = max(route.timeout_ms for route in self._routes().components.values()) / 1000 + _MARGIN_SECONDS
        await self._server.stop(longest)
        if self._running and not self._hurried.is_set():  # gRPC may swallow the cancelling of its own end
            await asyncio.wait(self._running, timeout=longest)

    async def _predict(self, request: PredictRequest, call: Call, log: Log) -> PredictResponse:
        component = request.model_spec.name
        if asks_manifest(request):
            return await self._pass_on(calls.PREDICT, request, call, log)
        routes = self._routes()
        if component in routes.components:
            check_version(request.model_spec, routes.components[component])
        shots = await _in_time(request, routes.max_unit_pictures)
        answers = await self._inspected(component, shots, call, log)
        predictions = [answer.prediction for answer in answers]
        missing = [answer.inspection.reason for answer in answers if answer.prediction is None]
        if missing:  # kept as REVIEW; there is nothing that a model gave
            raise RpcError("FAILED_PRECONDITION", missing[0])
        return response_of(request, [prediction for prediction in predictions if prediction is not None])

    async def _inspected(self, component: str, shots: Sequence[Shot], call: Call, log: Log) -> list[Answer]:
        """Inspects all pictures, some at a time; what was found of each is told even if one of them has an error.

        A client that hangs up ends no inspection that has begun: it is kept, as is one by HTTP.
        """
        turns = asyncio.Semaphore(self._at_once(component))

        async def inspect(number: int, shot: Shot) -> Answer:
            async with turns:
                picture, started = CalledPicture(call, shot, number, alone=len(shots) == 1), time.perf_counter()
                own_log = log if picture.alone else log.bind(picture=number)
                try:
                    answer = await self._open_line().answer(
                        component, picture, together=call.request_id, with_outputs=True
                    )
                except AoiError as error:
                    if not picture.alone:  # one line for the call says the same of its only picture
                        picture_log.refused(own_log, error, code_of(error), started)
                    raise
                picture_log.inspected(own_log, answer, "OK", started)
                return answer

        whole = asyncio.gather(*(inspect(*one) for one in enumerate(shots)), return_exceptions=True)
        self._running.add(whole)
        whole.add_done_callback(self._running.discard)
        try:
            found = await asyncio.shield(whole)
        except asyncio.CancelledError:
            call.left = True
            raise
        inspections = [None if isinstance(one, BaseException) else one.inspection for one in found]
        call.trailing += [
            (VERDICT, ",".join("" if one is None else one.verdict.value for one in inspections)),
            (INSPECTION, ",".join("" if one is None else one.id for one in inspections)),
            (VERSION, ",".join("" if one is None else str(one.model.version or "") for one in inspections)),
        ]
        return [_unless_failed(one) for one in found]

    def _at_once(self, component: str) -> int:
        """How many pictures of a call may be under way: never more than its component or a server has places."""
        routes = self._routes()
        route = routes.components.get(component)
        own = AT_ONCE if route is None or route.max_in_flight is None else route.max_in_flight
        return min(AT_ONCE, own, routes.max_in_flight)

    async def _metadata(self, request: GetModelMetadataRequest, call: Call, log: Log) -> GetModelMetadataResponse:
        return await self._pass_on(calls.METADATA, request, call, log)

    async def _status(self, request: GetModelStatusRequest, call: Call, log: Log) -> GetModelStatusResponse:
        return await self._pass_on(calls.STATUS, request, call, log)

    async def _pass_on(self, method: Method[Request, Response], request: Request, call: Call, log: Log) -> Response:
        """Asks a model server the same about the component's model, and answers in the component's name."""
        spec, started = _spec(request), time.perf_counter()
        component = spec.name

        def asked(route: Route) -> Request:
            passed = type(request)()
            passed.CopyFrom(request)
            _spec(passed).CopyFrom(spec_for(route, spec))
            return passed

        response = await self._open_line().pass_on(component, method, asked, call.seconds_left())
        if not isinstance(response, GetModelStatusResponse):
            _spec(response).name = component
        log.info("answered", status="OK", ms=picture_log.since(started))
        return response

    def _open_line(self) -> Line:
        if self._line is None:
            raise RuntimeError("a call came before the door was opened")
        return self._line

    def _handler(
        self, method: Method[Any, Any], kind: type[Parsed], work: Callable[[Parsed, Call, Log], Awaitable[Message]]
    ) -> Any:
        """The handler of a method: it answers or refuses, counts, and writes a line into the log where it refuses."""

        async def answer(messages: AsyncIterator[bytes], context: Context) -> bytes:
            call = Call(context)
            about = {"request_id": call.request_id, **call.unit_said()}
            with self._tracing.request(method.name.strip("/"), call.metadata, **about) as span:
                code, words, response = await self._answered(kind, work, messages, call)
                span.tell(failed=code in FAULTS, status=code)
            if code != "OK":
                await context.abort(grpc.StatusCode[code], words, tuple(call.trailing))
            context.set_trailing_metadata(tuple(call.trailing))
            return response

        return answer

    async def _answered(
        self,
        kind: type[Parsed],
        work: Callable[[Parsed, Call, Log], Awaitable[Message]],
        messages: AsyncIterator[bytes],
        call: Call,
    ) -> tuple[str, str, bytes]:
        """Code, words for the client where it refuses, and else the answer."""
        started, component, words, response = time.perf_counter(), "", "", b""
        log = self._log.bind(by="gRPC", request_id=call.request_id, **call.unit_said())
        try:
            call.admit(self._porter())
            async with self._received(kind, messages, call) as request:
                component = _spec(request).name
                log = log.bind(**picture_log.known({"component": component}, self._routes()))
                response = (await work(request, call, log)).SerializeToString()
            code = "OK"
        except AoiError as error:
            code, words = code_of(error), words_of(error)
            picture_log.refused(log, error, code, started)
        except Exception as fault:  # a fault of ours: logged whole
            code = "INTERNAL"
            words = f"a fault of the gateway itself; its log tells more: request_id {call.request_id}"
            log.error("fault", status=code, ms=picture_log.since(started), exc_info=fault)
        label = component if component in self._routes().components else UNKNOWN
        self._metrics.requests.labels(label, code).inc()
        return code, words, response

    @asynccontextmanager
    async def _received(self, kind: type[Parsed], messages: AsyncIterator[bytes], call: Call) -> AsyncIterator[Parsed]:
        """Reads the message of a call when it is its turn, and holds it as long as it is worked on.

        Raises:
            Crowded: too many messages are held or read at the time.
            RpcError: it does not come in time, or is none.
        """
        routes = self._routes()
        async with self._reading.turn(min(call.seconds_left(), routes.upload_timeout_ms / 1000)) as seconds:
            body = await _first(messages, kind, seconds)
        with self._memory.held(len(body), routes.max_units * routes.max_unit_bytes):
            request = _parsed(kind, body)
            del body
            yield request


async def _first(messages: AsyncIterator[bytes], kind: type[Parsed], seconds: float) -> bytes:
    """The message of a call that has one."""
    try:
        async with asyncio.timeout(seconds):
            async for body in messages:
                return body
    except TimeoutError:
        raise RpcError("DEADLINE_EXCEEDED", f"the {kind.__name__} did not arrive within {seconds:.3g} s") from None
    raise RpcError("INVALID_ARGUMENT", f"expected a {kind.__name__}. Received: none")


def _spec(message: Any) -> ModelSpec:
    """Which model a request asks or an answer is of; each of the services' requests has it."""
    spec: ModelSpec = message.model_spec
    return spec


def _service(method: Method[Any, Any], answer: Any) -> Any:
    """One method. Its calls are streams of one message here, so that the door says when a message is read."""
    service, _, name = method.name.strip("/").partition("/")
    return grpc.method_handlers_generic_handler(service, {name: grpc.stream_unary_rpc_method_handler(answer)})


def _parsed(kind: type[Parsed], body: bytes) -> Parsed:
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise RpcError("INVALID_ARGUMENT", f"expected a {kind.__name__}: {error}") from None


async def _in_time(request: PredictRequest, most: int) -> list[Shot]:
    """The pictures of a request; those of a large one are read in a thread, while the loop serves others."""
    if request.ByteSize() <= LIGHT_BYTES:
        return shots_of(request, most)
    return await asyncio.to_thread(shots_of, request, most)


def _unless_failed(found: Answer | BaseException) -> Answer:
    if isinstance(found, BaseException):
        raise found
    return found
