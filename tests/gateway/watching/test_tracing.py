"""Spans of inspections, from a real gateway to a real receiver of OTLP; and that without the flag there is nothing."""

import asyncio
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.errors import MissingExtra, SettingsError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.watching.tracing import Untraced, Watch, traced_to
from aoi_modules.logs import event_log
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes

PICTURE = picture_bytes()
TRACE, SENDER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SENDER}-01"
PATIENCE = 240.0


@dataclass(frozen=True)
class Seen:
    """A span as the receiver got it."""

    name: str
    trace: str
    id: str
    parent: str
    failed: bool
    values: dict[str, Any]


class Receiver:
    """Takes spans by OTLP over HTTP, as a collector does."""

    def __init__(self, port: int = 0) -> None:
        receiver = self
        self.messages = pytest.importorskip(
            "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="needs the extra traces"
        )
        self.status = 200
        self.deliveries = 0
        self.spans: list[Seen] = []
        self.services: set[str] = set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.deliveries += 1
                if receiver.status == 200:
                    receiver.take(self.path, body)
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def take(self, path: str, body: bytes) -> None:
        assert path == "/v1/traces"
        for of_resource in self.messages.ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {
                one.value.string_value for one in of_resource.resource.attributes if one.key == "service.name"
            }
            for scope in of_resource.scope_spans:
                self.spans += map(seen, scope.spans)

    def by_name(self, name: str) -> list[Seen]:
        return [span for span in self.spans if span.name == name]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def seen(span: Any) -> Seen:
    values = {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}
    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
    return Seen(span.name, *ids, span.status.code == 2, values)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@contextmanager
def traced(folder: Path, url: str, *upstreams: ModelServer) -> Iterator[RunningGateway]:
    """A gateway that sends its spans, all of them when it has ended."""
    addresses = ", ".join(f'"{server.address}"' for server in upstreams)
    (folder / "routes.yaml").write_text(f"components: {{tile: {{model: tile, upstream: [{addresses}]}}}}")
    with RunningGateway(folder / "routes.yaml", results=folder / "results", by_grpc=True, traces=url) as gateway:
        yield gateway
        assert gateway.process.stop() == 0


def inspect(gateway: RunningGateway, query: str = "", picture: bytes = PICTURE) -> requests.Response:
    headers = {"traceparent": TRACEPARENT, "X-Request-Id": "r1"}
    return requests.post(f"{gateway.url}/v1/inspect/tile{query}", data=picture, headers=headers, timeout=30)


def inspect_until(gateway: RunningGateway, done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert inspect(gateway).status_code == 200
        assert time.monotonic() < end


def parents(spans: list[Seen]) -> set[tuple[str, str]]:
    """Name and parent's name of each span."""
    names = {span.id: span.name for span in spans} | {SENDER: "the sender"}
    return {(span.name, names.get(span.parent, "")) for span in spans}


def test_an_inspection_goes_on_with_the_senders_trace(
    tmp_path: Path, receiver: Receiver, model_server: ModelServer
) -> None:
    with traced(tmp_path, receiver.url, model_server) as gateway:
        assert inspect(gateway, "?unit=SN1&position=left").status_code == 200
    assert receiver.services == {"aoi-gateway"}
    assert {span.trace for span in receiver.spans} == {TRACE}
    request = "POST /v1/inspect/{component}"
    assert parents(receiver.spans) == {
        (request, "the sender"),
        ("inspect", request),
        ("wait", "inspect"), ("receive", "inspect"), ("model", "inspect"), ("record", "inspect"),
        ("ask", "model"), ("judge", "model"),
    }  # fmt: skip
    (of_request,), (inspection,), (ask,) = map(receiver.by_name, (request, "inspect", "ask"))
    about = {"aoi.request_id": "r1", "aoi.component": "tile", "aoi.unit": "SN1"}
    assert of_request.values == {**about, "aoi.status": 200}
    assert inspection.values == {
        **about, "aoi.position": "left", "aoi.verdict": "PASS", "aoi.model": "tile", "aoi.version": 1,
    }  # fmt: skip
    assert ask.values == {
        "aoi.address": model_server.address, "aoi.model": "tile", "aoi.version": 1, "aoi.attempt": 1,
    }  # fmt: skip
    assert not any(span.failed for span in receiver.spans)
    (beside,) = [one for one in model_server.beside if "traceparent" in one]
    assert (beside["traceparent"], beside["x-request-id"]) == (f"00-{TRACE}-{ask.id}-01", "r1")


def test_each_picture_of_a_call_by_grpc_and_each_server_that_was_asked(
    tmp_path: Path, receiver: Receiver, model_server: ModelServer
) -> None:
    with ModelServer() as busy, traced(tmp_path, receiver.url, busy, model_server) as gateway:
        busy.refusal = (grpc.StatusCode.UNAVAILABLE, "The server is busy")
        request = calls.predict_request(Endpoint("any:1", "tile"), {"image": [PICTURE] * 2}, "serving_default")
        with grpc.insecure_channel(gateway.grpc) as channel:
            predict: Any = channel.unary_unary(calls.PREDICT.name, request_serializer=calls.serialize)
            predict(request, timeout=30, metadata=[("traceparent", TRACEPARENT)])
    method = "tensorflow.serving.PredictionService/Predict"
    assert parents(receiver.by_name(method) + receiver.by_name("inspect")) == {
        (method, "the sender"), ("inspect", method),
    }  # fmt: skip
    assert len(receiver.by_name("inspect")) == 2
    asked = receiver.by_name("ask")
    assert {span.values["aoi.address"] for span in asked if span.failed} == {busy.address}
    assert {span.values["aoi.address"] for span in asked if not span.failed} == {model_server.address}
    assert {span.values["aoi.attempt"] for span in asked} == {1, 2}


def test_pictures_of_a_unit_are_spans_of_one_request(
    tmp_path: Path, receiver: Receiver, model_server: ModelServer
) -> None:
    with traced(tmp_path, receiver.url, model_server) as gateway:
        form = {"tile": ("a.png", PICTURE)}
        assert requests.post(f"{gateway.url}/v1/units/SN7/inspect", files=form, timeout=30).status_code == 200
    (of_request,) = receiver.by_name("POST /v1/units/{unit:text}/inspect")
    (inspection,) = receiver.by_name("inspect")
    assert (of_request.parent, inspection.parent) == ("", of_request.id)
    assert inspection.values["aoi.unit"] == "SN7"


def test_the_stage_in_which_an_inspection_failed(tmp_path: Path, receiver: Receiver, model_server: ModelServer) -> None:
    with traced(tmp_path, receiver.url, model_server) as gateway:
        assert inspect(gateway, picture=b"text").status_code == 415
        model_server.refusal = (grpc.StatusCode.INTERNAL, "the graph broke")
        assert inspect(gateway).status_code == 502
    failed = sorted(span.name for span in receiver.spans if span.failed)
    assert failed == ["POST /v1/inspect/{component}", "ask", "inspect", "inspect", "model", "receive"]
    requested = receiver.by_name("POST /v1/inspect/{component}")
    assert {(span.values["aoi.status"], span.failed) for span in requested} == {(415, False), (502, True)}


def test_a_receiver_that_is_away_costs_no_inspection(
    tmp_path: Path, free_port: int, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="needs the extra traces")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")  # milliseconds
    with traced(tmp_path, f"http://127.0.0.1:{free_port}", model_server) as gateway:
        log = gateway.process.log_file
        inspect_until(gateway, lambda: "traces are lost" in log.read_text())
        receiver = Receiver(free_port)
        inspect_until(gateway, lambda: bool(receiver.spans) and "traces are taken again" in log.read_text())
        receiver.close()
        assert log.read_text().count("traces are lost") == 1
        assert "Connection refused" in log.read_text()
        assert "Traceback" not in log.read_text()


def test_a_receiver_that_refuses_is_quoted_once(
    tmp_path: Path, receiver: Receiver, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")  # milliseconds
    receiver.status = 401
    with traced(tmp_path, receiver.url, model_server) as gateway:
        inspect_until(gateway, lambda: receiver.deliveries > 3)
        log = gateway.process.log_file
        gateway.process.stop()
        (line,) = [line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "traces are lost"]
    assert line["receiver"] == f"{receiver.url}/v1/traces"
    assert "401" in line["detail"]


def test_without_the_flag_nothing_is_imported() -> None:
    program = """
import io, sys
from aoi_modules.commands import gateway
from aoi_modules.gateway import server
from aoi_modules.gateway.watching.tracing import Untraced, traced_to
from aoi_modules.logs import event_log
assert isinstance(traced_to(None, event_log(io.StringIO())), Untraced)
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=240)


def test_without_the_extra_the_flag_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(MissingExtra, match=r"--traces needs the package opentelemetry-sdk") as caught:
        traced_to("http://127.0.0.1:4318", event_log(io.StringIO()))
    assert caught.value.hint == "pip install 'aoi-academy[traces]'"


@pytest.mark.parametrize("url", ["127.0.0.1:4318", "grpc://127.0.0.1:4317", "http://", "http://[", "http://h:port", ""])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"--traces: expected http://HOST:PORT. Received"):
        traced_to(url, event_log(io.StringIO()))


def test_nothing_is_traced_and_all_is_timed() -> None:
    tracing = Untraced()
    watch = Watch(tracing)
    with tracing.request("POST", {}, component="tile") as request, tracing.span("inspect") as span:
        request.tell(status=200)
        assert span.metadata == ()
        with watch.stage("wait"):
            pass
        with pytest.raises(ValueError, match="broke"), watch.stage("receive"):
            raise ValueError("broke")
    asyncio.run(tracing.close())
    assert set(watch.stages) == {"wait"}
    assert watch.stages["wait"] >= 0
