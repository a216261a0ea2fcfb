"""TensorFlow Serving's REST API as an ASGI application: translates between JSON and the data plane."""

import functools
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.serving.answering.inference import check_predict_method
from aoi_modules.serving.dataplane import METADATA_FIELD, DataPlane
from aoi_modules.serving.doors import rest_body, rest_routes
from aoi_modules.serving.doors.rest_routes import Route
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Steps, Workers
from aoi_modules.wire import rest_examples, rest_json
from aoi_modules.wire.json_text import parse_object
from aoi_modules.wire.messages import (
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelStatusRequest,
    ModelSpec,
    RegressionRequest,
    SignatureDefMap,
)
from aoi_modules.wire.status import HTTP_STATUS, invalid

log = logging.getLogger(__name__)

LIGHT_BYTES = 1 << 15
"""A Predict of up to so many bytes is read in the event loop; that takes less time than to hand it to a thread."""

LIGHT_BRACKETS = 1000
"""More lists than that may be a deep document, which is read with patience."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[bytes, bytes]
_CORS = {
    b"access-control-allow-origin": b"*",
    b"access-control-allow-methods": b"POST, GET",
    b"access-control-allow-headers": b"Content-Type",
}
_NOT_FOUND_PAGE = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"


class RestService:
    """The ASGI application.

    Args:
        plane: does the work.
        workers: the threads it is done in.
        timeout_seconds: a request that takes longer is answered with 504.
        cors: let web pages of other origins ask.
        monitor: counts requests, and serves its page at its path.
    """

    def __init__(
        self, plane: DataPlane, workers: Workers, *, timeout_seconds: float, cors: bool, monitor: Monitor
    ) -> None:
        self._plane = plane
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._cors = cors
        self._monitor = monitor

    async def __call__(self, scope: MutableMapping[str, Any], receive: rest_body.Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: Headers = dict(scope["headers"])
        path = _path(scope)
        try:
            answer = await self._answer(scope["method"], path, headers, receive)
        except rest_body.ClientGone:
            return
        await self._send(send, answer, cors=self._cors and rest_routes.is_api(path))

    async def _answer(self, method: str, path: str, headers: Headers, receive: rest_body.Receive) -> Answer:
        if path == self._monitor.path:  # by any method, as in the original
            return Answer(200, self._monitor.page(), b"text/plain")
        if not rest_routes.is_api(path):
            return Answer(404, _NOT_FOUND_PAGE, b"text/html")
        if method == "OPTIONS":
            return Answer(200 if headers.get(b"origin", b"").startswith((b"http://", b"https://")) else 400)
        try:
            body = await rest_body.read(receive, headers)
            route = rest_routes.parse(method, path)
            if route.action == "predict":
                light = b"content-encoding" not in headers and _is_light(body)
                steps = self._predict(route, body, headers)
                return Answer(200, await self._workers.walk(steps, self._timeout_seconds, light=light))
            job = functools.partial(self._run, route, body, headers)
            return Answer(200, await self._workers.run(job, self._timeout_seconds))
        except RpcError as error:
            return _error(HTTP_STATUS[error.code], error.message)
        except rest_body.TooLarge as error:
            return _error(413, error.message)
        except rest_body.TooSlowSender as error:
            return _error(408, error.message)
        except rest_body.ClientGone:
            raise
        except Exception as error:
            log.exception("a request failed inside the server")
            return _error(500, f"{type(error).__name__}: {error}")

    def _run(self, route: Route, body: bytes, headers: Headers) -> bytes:
        if route.action == "status":
            return self._status(route)
        if route.action == "metadata":
            return self._metadata(route)
        methods = {"classify": self._classify, "regress": self._regress}
        with self._monitor.request(route.spec.name, route.action, "REST"):
            return methods[route.action](route, parse_object(rest_body.inflated(body, headers)))

    def _predict(self, route: Route, body: bytes, headers: Headers) -> Steps[bytes]:
        """The one that is asked all the time: no thread waits for the model."""
        with self._monitor.request(route.spec.name, route.action, "REST"):
            document = parse_object(rest_body.inflated(body, headers))
            name = rest_json.signature_name(document) or DEFAULT_SIGNATURE
            with self._plane.servable(route.spec) as servable:
                signature = servable.signature(name)
                if signature is None:
                    raise invalid(f'Serving signature name: "{name}" not found in signature def')
                if self._plane.check_methods:
                    check_predict_method(signature)
                form, inputs = rest_json.request_arrays(document, signature.inputs)
                call = servable.call(signature, inputs)
                outputs = yield from self._plane.timed_steps(servable, call, "Predict")
            return rest_json.answer_body(outputs, form)

    def _classify(self, route: Route, document: dict[str, Any]) -> bytes:
        spec = _with_signature(route.spec, document)
        request = ClassificationRequest(model_spec=spec, input=rest_examples.request_input(document))
        return rest_examples.classification_body(self._plane.classify(request).result)

    def _regress(self, route: Route, document: dict[str, Any]) -> bytes:
        spec = _with_signature(route.spec, document)
        request = RegressionRequest(model_spec=spec, input=rest_examples.request_input(document))
        return rest_examples.regression_body(self._plane.regress(request).result)

    def _status(self, route: Route) -> bytes:
        answer = self._plane.status(GetModelStatusRequest(model_spec=route.spec))
        document = _fields(answer)
        for entry, version in zip(document["model_version_status"], answer.model_version_status, strict=True):
            entry["status"] = _fields(version.status)
        return _pretty(document)

    def _metadata(self, route: Route) -> bytes:
        request = GetModelMetadataRequest(model_spec=route.spec, metadata_field=[METADATA_FIELD])
        answer = self._plane.metadata(request)
        signatures = SignatureDefMap()
        answer.metadata[METADATA_FIELD].Unpack(signatures)
        return _pretty({"model_spec": _fields(answer.model_spec), "metadata": {METADATA_FIELD: _fields(signatures)}})

    async def _send(self, send: Send, answer: Answer, *, cors: bool) -> None:
        headers = {b"content-type": answer.content_type, b"content-length": str(len(answer.body)).encode()}
        if answer.status in (408, 413):
            headers[b"connection"] = b"close"  # the rest of the body is not read
        if cors:
            headers |= _CORS
        await send({"type": "http.response.start", "status": answer.status, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": answer.body})


def _is_light(body: bytes) -> bool:
    """Whether a document becomes arrays in no time."""
    return len(body) <= LIGHT_BYTES and body.count(b"[") + body.count(b"{") <= LIGHT_BRACKETS


def _with_signature(spec: ModelSpec, document: dict[str, Any]) -> ModelSpec:
    spec.signature_name = rest_json.signature_name(document).encode("utf-8", "replace").decode()
    return spec


def _path(scope: MutableMapping[str, Any]) -> str:
    """Path and query as the client sent them, percent signs and all."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _error(status: int, message: str) -> Answer:
    return Answer(status, _pretty({"error": message.encode("utf-8", "replace").decode()}))


def _fields(message: Any) -> dict[str, Any]:
    """A message as proto JSON; fields at their defaults are there, too."""
    document: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return document


def _pretty(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=4, ensure_ascii=False).encode()
