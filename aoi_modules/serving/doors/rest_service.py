"""TensorFlow Serving's REST API as an ASGI application: translates between JSON and the data plane."""

import functools
import logging
from collections.abc import MutableMapping
from typing import Any

from google.protobuf import json_format

from aoi_modules.errors import RpcError
from aoi_modules.logs import REQUEST_ID
from aoi_modules.serving.dataplane import METADATA_FIELD, DataPlane
from aoi_modules.serving.doors import rest_body, rest_predict, rest_routes
from aoi_modules.serving.doors.call_log import Call, CallLog
from aoi_modules.serving.doors.http_answer import HttpAnswer, Send, json_text
from aoi_modules.serving.doors.rest_routes import Endpoint
from aoi_modules.serving.job import Steps
from aoi_modules.serving.monitoring import Monitor
from aoi_modules.serving.workers import Workers
from aoi_modules.wire import rest_examples
from aoi_modules.wire.json_text import parse_object
from aoi_modules.wire.messages import (
    ClassificationRequest,
    GetModelMetadataRequest,
    GetModelStatusRequest,
    ModelSpec,
    RegressionRequest,
    SignatureDefMap,
)
from aoi_modules.wire.rest_predict import signature_name
from aoi_modules.wire.status import HTTP_STATUS

log = logging.getLogger(__name__)

LIGHT_BYTES = 1 << 15
"""A Predict of up to so many bytes is read in the event loop: that takes less time than to hand it to a thread. JSON
takes longer to read than gRPC's messages."""
LIGHT_BRACKETS = 1000
"""A document of more lists may be a deep one, which is read with patience."""

Headers = dict[bytes, bytes]
_NOT_FOUND_PAGE = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


class RestService:
    """Answers TensorFlow Serving's REST API; an ASGI application.

    Args:
        plane: does the work.
        workers: the threads it is done in.
        timeout_seconds: a request that takes longer is answered with 504.
        cors: let web pages of other origins ask.
        monitor: counts requests, and serves its page at its path.
        calls: writes down those that are refused or slow.
    """

    def __init__(
        self,
        plane: DataPlane,
        workers: Workers,
        *,
        timeout_seconds: float,
        cors: bool,
        monitor: Monitor,
        calls: CallLog,
    ) -> None:
        self._plane = plane
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._cors = cors
        self._monitor = monitor
        self._calls = calls
        self._at_once = {"status": self._status, "metadata": self._metadata}
        self._in_steps = {"predict": self._predict, "classify": self._classify, "regress": self._regress}

    async def __call__(self, scope: MutableMapping[str, Any], receive: rest_body.Receive, send: Send) -> None:
        """Answers one request; see the ASGI specification."""
        if scope["type"] != "http":
            return
        path, headers, call = _path(scope), dict(scope["headers"]), Call("REST", scope["method"])
        try:
            answer = await self._answer(scope["method"], path, headers, receive, call)
        except rest_body.ClientGone:
            return
        self._take_note(call, answer, headers)
        await answer.send(send, cors=self._cors and rest_routes.is_api(path))

    def _take_note(self, call: Call, answer: HttpAnswer, headers: Headers) -> None:
        request_id = functools.partial(_request_id, headers)
        if answer.status < 400:
            self._calls.answered(call, answer.status, request_id)
        else:
            self._calls.refused(call, answer.status, answer.reason, request_id)

    async def _answer(
        self, method: str, path: str, headers: Headers, receive: rest_body.Receive, call: Call
    ) -> HttpAnswer:
        if path == self._monitor.path:  # by any method, as in the original
            return HttpAnswer(200, self._monitor.page(), b"text/plain")
        if not rest_routes.is_api(path):
            return HttpAnswer(404, _NOT_FOUND_PAGE, b"text/html")
        if method == "OPTIONS":
            return HttpAnswer(200 if headers.get(b"origin", b"").startswith((b"http://", b"https://")) else 400)
        try:
            body = await rest_body.read(receive, headers)
            call.begin()
            endpoint = rest_routes.parse(method, path)
            call.method, call.spec = endpoint.action, endpoint.spec
            return HttpAnswer(200, await self._asked(endpoint, body, headers))
        except RpcError as error:
            return HttpAnswer.of_error(HTTP_STATUS[error.code], error.message)
        except rest_body.TooLarge as error:
            return HttpAnswer.of_error(413, error.message)
        except rest_body.TooSlowSender as error:
            return HttpAnswer.of_error(408, error.message)
        except rest_body.ClientGone:
            raise
        except Exception as error:  # a fault of ours: logged whole
            log.exception("a request failed inside the server")
            return HttpAnswer.of_error(500, f"{type(error).__name__}: {error}")

    async def _asked(self, endpoint: Endpoint, body: bytes, headers: Headers) -> bytes:
        """The body of the answer."""
        if endpoint.action in self._at_once:
            work = functools.partial(self._at_once[endpoint.action], endpoint.spec)
            return await self._workers.run(work, self._timeout_seconds)
        light = endpoint.action == "predict" and b"content-encoding" not in headers and _is_light(body)
        return await self._workers.walk(self._steps(endpoint, body, headers), self._timeout_seconds, light=light)

    def _steps(self, endpoint: Endpoint, body: bytes, headers: Headers) -> Steps[bytes]:
        with self._monitor.request(endpoint.spec.name, endpoint.action, "REST"):
            document = parse_object(rest_body.inflated(body, headers))
            endpoint.spec.signature_name = _signature_name(document)
            return (yield from self._in_steps[endpoint.action](endpoint.spec, document))

    def _predict(self, spec: ModelSpec, document: dict[str, Any]) -> Steps[bytes]:
        return self._plane.predict(spec, rest_predict.form(document))

    def _classify(self, spec: ModelSpec, document: dict[str, Any]) -> Steps[bytes]:
        request = ClassificationRequest(model_spec=spec, input=rest_examples.request_input(document))
        answer = yield from self._plane.classify(request)
        return rest_examples.classification_body(answer.result)

    def _regress(self, spec: ModelSpec, document: dict[str, Any]) -> Steps[bytes]:
        request = RegressionRequest(model_spec=spec, input=rest_examples.request_input(document))
        answer = yield from self._plane.regress(request)
        return rest_examples.regression_body(answer.result)

    def _status(self, spec: ModelSpec) -> bytes:
        answer = self._plane.status(GetModelStatusRequest(model_spec=spec))
        document = _fields(answer)
        for entry, version in zip(document["model_version_status"], answer.model_version_status, strict=True):
            entry["status"] = _fields(version.status)
        return json_text(document)

    def _metadata(self, spec: ModelSpec) -> bytes:
        request = GetModelMetadataRequest(model_spec=spec, metadata_field=[METADATA_FIELD])
        answer = self._plane.metadata(request)
        signatures = SignatureDefMap()
        answer.metadata[METADATA_FIELD].Unpack(signatures)
        return json_text({"model_spec": _fields(answer.model_spec), "metadata": {METADATA_FIELD: _fields(signatures)}})


def _is_light(body: bytes) -> bool:
    """Whether a document becomes arrays in no time."""
    return len(body) <= LIGHT_BYTES and body.count(b"[") + body.count(b"{") <= LIGHT_BRACKETS


def _signature_name(document: dict[str, Any]) -> str:
    """The signature that a document names; half characters, which no message holds, become question marks."""
    return signature_name(document).encode("utf-8", "replace").decode()


def _request_id(headers: Headers) -> str:
    """The id that the client gave the request; empty if it gave none."""
    return headers.get(REQUEST_ID.encode(), b"").decode("latin-1")


def _path(scope: MutableMapping[str, Any]) -> str:
    """Path and query as the client sent them, percent signs and all."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _fields(message: Any) -> dict[str, Any]:
    """A message as proto JSON; fields at their defaults are there, too."""
    document: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return document
