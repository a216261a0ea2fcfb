"""Lines for calls that were refused or slow, and none for others; followed through a whole server by both protocols."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import numpy as np
import pytest

from aoi_modules.serving.doors.call_log import MAX_TEXT, MOST_LINES, Call, CallLog, Quota
from aoi_modules.serving.doors.grpc_service import GrpcService
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.workers import Workers
from aoi_modules.wire.messages import ModelSpec, SignatureDef
from tests.serving.bench import Bench, Recorder
from tests.serving.calls import PREDICT, http, http_json, predict_request


class Clock:
    """Stands still between the test's moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def values(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The named values of each line."""
    return [{"event": record.message, **record.__dict__["values"]} for record in caplog.records]


def test_a_quota_counts_what_it_leaves_out() -> None:
    clock = Clock()
    quota = Quota(2, clock)
    assert [quota.take() for _ in range(5)] == [0, 0, None, None, None]
    clock.now = 0.99
    assert quota.take() is None
    clock.now = 1.0
    assert [quota.take() for _ in range(3)] == [4, 0, None]
    clock.now = 60.0
    assert [quota.take() for _ in range(2)] == [1, 0]


def test_a_call_that_is_good_and_fast_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    for slow_ms in (0, 60_000):
        CallLog(slow_ms).answered(Call("gRPC", "Predict"), "OK", lambda: pytest.fail("nobody needs its id"))
    assert caplog.records == []


def test_a_slow_call_tells_what_it_was_about(caplog: pytest.LogCaptureFixture) -> None:
    spec = ModelSpec(name="tile", signature_name="pixels")
    spec.version.value = 3
    CallLog(1000).answered(Call("gRPC", "Predict", spec, began=-1e6), "OK", lambda: "r1")
    (line,) = values(caplog)
    assert line.pop("ms") > 1000
    assert line == {
        "event": "slow", "request_id": "r1", "model": "tile", "version": 3, "signature": "pixels",
        "method": "Predict", "by": "gRPC", "status": "OK",
    }  # fmt: skip


def test_each_call_with_an_id_leaves_a_line_if_that_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "aoi_modules")
    calls = CallLog(60_000, Quota(0), every=True)
    for given in ("r1", "", "two words"):
        calls.answered(Call("gRPC", "Predict", ModelSpec(name="tile")), "OK", partial(str, given))
    calls.answered(Call("REST", "predict", began=-1e6), 200, lambda: "r2")
    said = [
        (record.levelname, line["event"], line["request_id"])
        for record, line in zip(caplog.records, values(caplog), strict=True)
    ]
    assert said == [("INFO", "answered", "r1"), ("WARNING", "slow", "r2")]


def test_a_refused_call_tells_why_in_so_many_characters(caplog: pytest.LogCaptureFixture) -> None:
    spec = ModelSpec(name="m" * 5000, version_label="stable")
    CallLog(0).refused(Call("REST", "predict", spec), 404, "not found " * 5000, lambda: "two words")
    (line,) = values(caplog)
    assert (line["request_id"], line["version"], line["label"], line["status"]) == (None, None, "stable", 404)
    assert len(line["model"]) == len(line["reason"]) == MAX_TEXT


def test_a_flood_is_counted_and_not_written(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    calls = CallLog(0, Quota(MOST_LINES, clock))
    for _ in range(1000):
        calls.refused(Call("gRPC", "Predict"), "NOT_FOUND", "", str)
    clock.now = 1.0
    calls.refused(Call("gRPC", "Predict"), "NOT_FOUND", "", str)
    lines = values(caplog)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1]["left_out"] == 1000 - MOST_LINES
    assert "left_out" not in lines[0]


@pytest.mark.parametrize("method", ["GetModelStatus", "status"])
def test_a_probe_is_logged_only_if_somebody_looks_for_it(caplog: pytest.LogCaptureFixture, method: str) -> None:
    calls = CallLog(0)
    calls.refused(Call("gRPC", method), "NOT_FOUND", "", str)
    assert caplog.records == []
    calls.refused(Call("gRPC", method), "NOT_FOUND", "", lambda: "r1")
    assert len(caplog.records) == 1


@pytest.fixture(scope="module")
def server(models: Any) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"half": models / "half"}, flags=["--log_format=json", "--slow_call_ms=0"]) as running:
        yield running


def lines_of(server: EmbeddedServer, request_id: str) -> list[dict[str, Any]]:
    """What the log says about a call; TensorFlow's own lines are no JSON."""
    lines = [json.loads(line) for line in server.log_tail(50).splitlines() if line.startswith("{")]
    found = [line for line in lines if line.get("request_id") == request_id]
    for line in found:
        assert line.pop("ms") >= 0
        del line["timestamp"], line["logger"], line["level"], line["request_id"]
    return found


def test_by_grpc_the_id_comes_as_metadata(server: EmbeddedServer) -> None:
    with grpc.insecure_channel(server.grpc) as channel:
        call: Any = channel.unary_unary(f"/{PREDICT}")
        for request_id, name, signature in (("good", "half", ""), ("none", "nil", ""), ("odd", "half", "odd")):
            request = predict_request(name, signature=signature, x=np.array([2.0], np.float32))
            try:
                call(request.SerializeToString(), metadata=[("x-request-id", f"grpc-{request_id}")], timeout=30)
            except grpc.RpcError:
                assert request_id != "good"
        with pytest.raises(grpc.RpcError):
            call(b"\xff\xff\xff", metadata=[("x-request-id", "grpc-bytes")], timeout=30)
    about = {"event": "refused", "method": "Predict", "by": "gRPC"}
    assert lines_of(server, "grpc-good") == []
    ((none,), (odd,), (no_message,)) = (lines_of(server, f"grpc-{name}") for name in ("none", "odd", "bytes"))
    assert "Servable not found" in none.pop("reason")
    assert none == about | {"model": "nil", "version": None, "signature": "", "status": "NOT_FOUND"}
    assert odd.pop("reason") == 'Serving signature key "odd" not found.'
    assert odd == about | {"model": "half", "version": 1, "signature": "odd", "status": "FAILED_PRECONDITION"}
    assert "Unable to parse" in no_message.pop("reason")
    assert no_message == about | {"model": "", "version": None, "signature": "", "status": "INTERNAL"}


def test_by_rest_the_id_comes_as_a_header(server: EmbeddedServer) -> None:
    url = f"{server.rest}/v1/models/half:predict"
    assert http_json(url, {"instances": [2.0]}, X_Request_Id="rest-good")[0] == 200
    assert http(url, b"no JSON", X_Request_Id="rest-bad")[0] == 400
    assert http_json(url.replace("half:", "nil:"), {"instances": [2.0]}, X_Request_Id="rest-none")[0] == 404
    assert lines_of(server, "rest-good") == []
    ((bad,), (none,)) = (lines_of(server, f"rest-{name}") for name in ("bad", "none"))
    assert (bad["method"], bad["by"], bad["status"], bad["model"]) == ("predict", "REST", 400, "half")
    assert "JSON Parse error" in bad["reason"]
    assert (none["model"], none["status"]) == ("nil", 404)


def test_an_id_that_could_disturb_the_log_is_left_out(server: EmbeddedServer) -> None:
    http(f"{server.rest}/v1/models/odd:predict", b"{}", X_Request_Id='a" b')
    line = json.loads(server.log_tail(1))
    assert (line["event"], line["model"], line["request_id"]) == ("refused", "odd", None)


class Waiting(Recorder):
    """Computes when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = threading.Event(), threading.Event()

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> Outputs:
        self.begun.set()
        self.gate.wait(60)
        return super().run(signature, inputs, outputs)


@pytest.mark.parametrize(("seconds", "status"), [(60.0, "CANCELLED"), (0.2, "DEADLINE_EXCEEDED")])
def test_whoever_does_not_wait_any_more_leaves_a_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seconds: float, status: str
) -> None:
    engine = Waiting()
    bench, workers = Bench(tmp_path, engine=engine), Workers(2)

    async def run() -> None:
        server = grpc.aio.server()
        port = server.add_insecure_port("127.0.0.1:0")
        GrpcService(bench.plane, workers, bench.monitor, CallLog(0), HeldAnswers()).add_to(server)
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            request = predict_request("m", x=np.array([2.0], np.float32)).SerializeToString()
            method: Any = channel.unary_unary(f"/{PREDICT}")
            call = method(request, timeout=seconds)
            await asyncio.to_thread(engine.begun.wait, 60)
            if status == "CANCELLED":
                call.cancel()
            await asyncio.wait([asyncio.ensure_future(_code(call))])
            while not caplog.records:
                await asyncio.sleep(0.01)
        engine.gate.set()
        await server.stop(None)

    asyncio.run(run())
    workers.close()
    (line,) = values(caplog)
    assert (line["event"], line["model"], line["version"], line["status"]) == ("refused", "m", 1, status)


async def _code(call: Any) -> str:
    return str(await call.code())
