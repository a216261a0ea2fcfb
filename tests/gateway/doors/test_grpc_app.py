"""The gateway by gRPC: our own client of a model server, with another address, before a real gateway process."""

import json
import os
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.errors import AoiError, RpcError, TooSlow
from aoi_modules.gateway.doors.grpc_app import READ_AT_ONCE
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.wire.messages import PredictRequest, PredictResponse
from aoi_modules.wire.tensors import to_array, to_tensor
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes
from tests.gateway.relay import Relay

PICTURE, OTHER, BROKEN = picture_bytes(), picture_bytes(size=(20, 20)), picture_bytes(size=(30, 30))


class Looking(ModelServer):
    """Tells a broken part from others."""

    def predict(self, request: PredictRequest, context: grpc.ServicerContext) -> PredictResponse:
        response = super().predict(request, context)
        if list(request.inputs["image"].string_val) == [BROKEN]:
            response.outputs["defect"].CopyFrom(to_tensor(np.array([[0.9]], np.float32), content=False))
        return response


def routes_to(address: str) -> str:
    return f"""
max_picture_pixels: 10000
max_unit_pictures: 20
components:
  part: {{model: tile, upstream: "{address}", timeout_ms: 5000, store: none}}
  narrow: {{model: tile, upstream: "{address}", timeout_ms: 5000, max_in_flight: 1, max_waiting: 0}}
  wrong: {{model: tile, upstream: "{address}", heads: {{crack: {{threshold: 0.2}}}}}}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with Looking() as server:
        yield server


@pytest.fixture(scope="module")
def gateway(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "routes.yaml").write_text(routes_to(server.address))
    with RunningGateway(folder / "routes.yaml", results=folder / "results", by_grpc=True) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def fresh(server: ModelServer) -> Iterator[None]:
    server.outputs, server.refusal = scores_of(0.1), None
    server.asked.clear()
    yield
    server.gate.set()


@pytest.fixture
def client(gateway: RunningGateway) -> Iterator[GrpcClient]:
    with GrpcClient(Endpoint(gateway.grpc, "part")) as client:
        yield client


def told(
    gateway: RunningGateway, pictures: list[bytes], component: str = "part", **metadata: str
) -> tuple[PredictResponse, dict[str, Any]]:
    """The answer to a Predict by bare gRPC, and its trailing metadata."""
    request = calls.predict_request(Endpoint(gateway.grpc, component), {"image": pictures}, "serving_default")
    with grpc.insecure_channel(gateway.grpc) as channel:
        predict: Any = channel.unary_unary(
            calls.PREDICT.name, request_serializer=calls.serialize, response_deserializer=PredictResponse.FromString
        )
        lines = [(name.replace("_", "-"), text) for name, text in metadata.items()]
        response, call = predict.with_call(request, timeout=20, metadata=lines)
    return response, dict(call.trailing_metadata() or ())


def kept(gateway: RunningGateway, record_id: str) -> dict[str, Any]:
    """A recorded inspection, once the database has it."""
    for _ in range(200):
        answer = requests.get(f"{gateway.url}/v1/inspections/{record_id}", timeout=10)
        if answer.status_code == 200:
            body: dict[str, Any] = answer.json()
            return body
        threading.Event().wait(0.05)
    raise AssertionError(answer.text)


def test_a_client_changes_only_the_address(server: ModelServer, client: GrpcClient) -> None:
    with GrpcClient(Endpoint(server.address, "tile")) as straight:
        model, ours = straight.predict_pictures([PICTURE, OTHER]), client.predict_pictures([PICTURE, OTHER])
        assert straight.metadata() == client.metadata()
        assert straight.status() == client.status()
        assert straight.manifest() == client.manifest()
    assert (ours.model, ours.version) == ("part", model.version)
    assert {name: array.tolist() for name, array in ours.scores.items()} == {
        name: array.tolist() for name, array in model.scores.items()
    }


def test_each_picture_of_a_batch_is_an_inspection(gateway: RunningGateway) -> None:
    _, trailing = told(gateway, [PICTURE], aoi_unit="SN7", aoi_lot="L1", aoi_position="left", x_request_id="r-7")
    assert (trailing["aoi-verdict"], trailing["x-request-id"]) == ("PASS", "r-7")
    record = kept(gateway, trailing["aoi-inspection"])
    assert record["origin"] == {"unit": "SN7", "position": "left", "product": None, "lot": "L1", "station": None}
    assert (record["inspection"]["component"], record["inspection"]["request_id"]) == ("part", "r-7")
    _, trailing = told(gateway, [PICTURE] * 12)
    ids = trailing["aoi-inspection"].split(",")
    assert len(set(ids)) == len(trailing["aoi-verdict"].split(",")) == 12
    assert all(kept(gateway, one)["id"] == one for one in ids)


def lines_of(gateway: RunningGateway, request_id: str) -> list[dict[str, Any]]:
    """What the log says about a call."""
    lines = [json.loads(line) for line in gateway.process.log_tail(50).splitlines()]
    return [line for line in lines if line.get("request_id") == request_id]


def test_one_log_line_a_picture_with_the_names_of_the_other_door(gateway: RunningGateway, server: ModelServer) -> None:
    told(gateway, [PICTURE], aoi_unit="SN8", x_request_id="log-one")
    (line,) = lines_of(gateway, "log-one")
    assert line.pop("ms") > 0
    assert len(line.pop("inspection")) == 32
    del line["timestamp"]
    assert line == {
        "event": "inspected", "level": "info", "by": "gRPC", "request_id": "log-one", "component": "part",
        "unit": "SN8", "status": "OK", "verdict": "PASS", "model": "tile", "version": 1, "address": server.address,
    }  # fmt: skip
    with pytest.raises(grpc.RpcError):
        told(gateway, [PICTURE, b"text"], x_request_id="log-two")
    lines = lines_of(gateway, "log-two")
    status = "INVALID_ARGUMENT"
    assert {(one["event"], one.get("picture"), one["status"]) for one in lines} == {
        ("inspected", 0, "OK"), ("refused", 1, status), ("refused", None, status),
    }  # fmt: skip
    assert all(one["ms"] >= 0 and one["component"] == "part" for one in lines)
    assert server.beside[-1]["x-request-id"] == "log-two"


def test_outputs_and_verdicts_keep_the_order_of_the_pictures(gateway: RunningGateway) -> None:
    response, trailing = told(gateway, [PICTURE, BROKEN, PICTURE])
    scores = list(response.outputs["defect"].float_val)
    assert scores == pytest.approx([0.1, 0.9, 0.1]), "in fields, as TensorFlow Serving"
    assert to_array(response.outputs["surface"]).shape == (3, 3)
    assert (trailing["aoi-verdict"], trailing["aoi-version"]) == ("PASS,FAIL,PASS", "1,1,1")
    assert response.model_spec.version.value == 1


def test_a_repeat_is_recorded_once_and_keeps_its_verdict(gateway: RunningGateway, server: ModelServer) -> None:
    _, first = told(gateway, [PICTURE, PICTURE], idempotency_key="batch 1")
    server.outputs = scores_of(0.9)
    response, again = told(gateway, [PICTURE, PICTURE], idempotency_key="batch 1")
    assert again["aoi-inspection"] == first["aoi-inspection"]
    assert again["aoi-verdict"] == "PASS,PASS", "as recorded"
    assert response.outputs["defect"].float_val[0] == pytest.approx(0.9), "the model is asked anew for its outputs"
    assert len(set(first["aoi-inspection"].split(","))) == 2, "each has its own part of the key"
    with pytest.raises(grpc.RpcError) as caught:
        told(gateway, [OTHER, OTHER], idempotency_key="batch 1")
    assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS


def test_raw_frames(gateway: RunningGateway, server: ModelServer, client: GrpcClient) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4, 1)
    assert client.predict_pixels(pixels).scores["defect"].shape == (2, 1)
    asked = [request for request in server.asked if request.model_spec.signature_name == "pixels"]
    assert sorted(to_array(request.inputs["image"]).tolist() for request in asked) == pixels[:, np.newaxis].tolist()
    page = requests.get(f"{gateway.url}/v1/inspections?component=part", timeout=10).json()
    assert page["records"][0]["picture"]["kind"] in ("raw", "png")


@pytest.mark.parametrize(
    ("component", "pictures", "code", "words"),
    [
        ("chair", [PICTURE], "NOT_FOUND", "no component 'chair' is inspected here"),
        ("part", [], "INVALID_ARGUMENT", "image: expected one picture or more"),
        ("part", [b"text"], "INVALID_ARGUMENT", "PNG, JPEG or BMP"),
        ("part", [picture_bytes(size=(200, 200))], "INVALID_ARGUMENT", "at most 10000 pixels"),
        ("part", [PICTURE] * 21, "INVALID_ARGUMENT", "at most 20 pictures"),
        ("wrong", [PICTURE], "FAILED_PRECONDITION", "the model has: defect, surface"),
    ],
)
def test_refusals_have_a_code_and_our_sentence(
    gateway: RunningGateway, component: str, pictures: list[bytes], code: str, words: str
) -> None:
    with (
        GrpcClient(Endpoint(gateway.grpc, component)) as client,
        pytest.raises(RpcError, match=words) as caught,
    ):
        client.predict_pictures(pictures)
    assert caught.value.code == code


def test_a_bad_picture_in_a_batch_leaves_the_others_recorded(gateway: RunningGateway) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        told(gateway, [PICTURE, b"text"])
    error: Any = caught.value
    trailing = dict(error.trailing_metadata())
    assert (error.code(), trailing["aoi-verdict"]) == (grpc.StatusCode.INVALID_ARGUMENT, "PASS,")
    assert kept(gateway, trailing["aoi-inspection"].rstrip(","))["inspection"]["verdict"] == "PASS"


def test_a_model_servers_refusal_keeps_its_code(server: ModelServer, client: GrpcClient) -> None:
    server.refusal = grpc.StatusCode.INTERNAL, "the graph broke"
    with pytest.raises(RpcError, match="the graph broke") as caught:
        client.predict_pictures([PICTURE])
    assert caught.value.code == "INTERNAL"


def test_the_callers_deadline_holds(server: ModelServer, client: GrpcClient) -> None:
    server.gate.clear()
    with GrpcClient(replace(client.endpoint, timeout=0.5)) as hasty, pytest.raises(TooSlow):
        hasty.predict_pictures([PICTURE])
    assert server.left[-1] <= 0.5, "it was passed on"


def test_a_crowd_is_told(gateway: RunningGateway, server: ModelServer) -> None:
    """Of a component with one place, and none to wait; the pictures of one call do not crowd each other out."""
    server.gate.clear()
    answers: list[tuple[PredictResponse, dict[str, Any]]] = []
    first = threading.Thread(target=lambda: answers.append(told(gateway, [PICTURE, OTHER], "narrow")))
    first.start()
    while not server.asked:
        threading.Event().wait(0.01)
    with GrpcClient(Endpoint(gateway.grpc, "narrow")) as client, pytest.raises(RpcError) as caught:
        client.predict_pictures([PICTURE])
    assert caught.value.code == "RESOURCE_EXHAUSTED"
    server.gate.set()
    first.join(30)
    assert answers[0][1]["aoi-verdict"] == "PASS,PASS"


def test_calls_are_counted(gateway: RunningGateway, client: GrpcClient) -> None:
    client.predict_pictures([PICTURE])
    text = requests.get(f"{gateway.url}/metrics", timeout=10).text
    assert 'aoi_gateway_requests_total{component="part",status="OK"}' in text


def test_another_version_than_the_routes_is_refused(gateway: RunningGateway) -> None:
    with (
        GrpcClient(Endpoint(gateway.grpc, "part", version=7)) as client,
        pytest.raises(RpcError, match=r"model_spec\.version: expected none, as the routes choose it"),
    ):
        client.predict_pictures([PICTURE])


def test_a_gateway_that_is_told_to_stop_finishes_what_it_began(tmp_path: Path) -> None:
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(routes_to(server.address))
        with RunningGateway(tmp_path / "routes.yaml", by_grpc=True) as gateway:
            server.gate.clear()
            answers: list[tuple[PredictResponse, dict[str, Any]]] = []
            caller = threading.Thread(target=lambda: answers.append(told(gateway, [PICTURE])))
            caller.start()
            while not server.asked:
                threading.Event().wait(0.01)
            stopper = threading.Thread(target=gateway.process.stop)
            stopper.start()
            with GrpcClient(Endpoint(gateway.grpc, "part", timeout=0.5, retries=0)) as late:
                while not refused(late):
                    threading.Event().wait(0.05)
            server.gate.set()
            for thread in (caller, stopper):
                thread.join(30)
            assert [trailing["aoi-verdict"] for _, trailing in answers] == ["PASS"]
            assert gateway.process.stop() == 0


def test_a_gateway_that_is_told_twice_ends_now(tmp_path: Path) -> None:
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(routes_to(server.address).replace("5000", "600000"))
        with RunningGateway(tmp_path / "routes.yaml", by_grpc=True) as gateway:
            server.gate.clear()
            errors: list[AoiError] = []

            def call() -> None:
                with (
                    GrpcClient(Endpoint(gateway.grpc, "part", timeout=600)) as client,
                    pytest.raises(AoiError) as caught,
                ):
                    client.predict_pictures([PICTURE])
                errors.append(caught.value)

            caller = threading.Thread(target=call)
            caller.start()
            while not server.asked:
                threading.Event().wait(0.01)
            os.kill(gateway.process.pid, signal.SIGTERM)
            with GrpcClient(Endpoint(gateway.grpc, "part", timeout=0.5, retries=0)) as late:
                while not refused(late):
                    threading.Event().wait(0.05)
            os.kill(gateway.process.pid, signal.SIGTERM)
            caller.join(20)
            assert errors, "it does not wait for the model"
            for _ in range(200):
                threading.Event().wait(0.05 if gateway.process.running() else 0)
            assert not gateway.process.running()


def test_a_picture_under_which_two_servers_hang_up_is_recorded_and_not_sent_again(tmp_path: Path) -> None:
    with ModelServer() as server, Relay(server.port) as first, Relay(server.port) as second:
        route = f"model: tile, upstream: [{first.address!r}, {second.address!r}], timeout_ms: 20000"
        (tmp_path / "routes.yaml").write_text(f"components: {{part: {{{route}}}}}")
        server.gate.clear()
        with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results", by_grpc=True) as gateway:
            errors: list[Any] = []

            def call() -> None:
                with pytest.raises(grpc.RpcError) as caught:
                    told(gateway, [PICTURE])
                errors.append(caught.value)

            caller = threading.Thread(target=call)
            caller.start()
            for count, relay in enumerate((first, second), start=1):
                while len(server.asked) < count:
                    threading.Event().wait(0.01)
                relay.cut()
            caller.join(30)
            trailing = dict(errors[0].trailing_metadata())
            assert errors[0].code() is grpc.StatusCode.FAILED_PRECONDITION, "no client sends it again by itself"
            assert errors[0].details().startswith("two model servers hung up while they had this picture")
            assert trailing["aoi-verdict"] == "REVIEW"
            assert kept(gateway, trailing["aoi-inspection"])["inspection"]["verdict"] == "REVIEW"


def refused(client: GrpcClient) -> bool:
    """Whether no further call is taken."""
    try:
        client.status()
    except AoiError:
        return True
    return False


def test_a_message_that_never_comes_and_one_too_many_bytes_are_refused(tmp_path: Path, server: ModelServer) -> None:
    """Clients that open a call and say nothing hold up others for as long as a camera may take, and no longer."""
    server.gate.clear()
    limits = "upload_timeout_ms: 300\nmax_unit_bytes: 1000\nmax_units: 1\n"
    (tmp_path / "routes.yaml").write_text(limits + routes_to(server.address))
    with (
        RunningGateway(tmp_path / "routes.yaml", by_grpc=True) as gateway,
        grpc.insecure_channel(gateway.grpc) as channel,
    ):
        predict: Any = channel.stream_unary(calls.PREDICT.name)
        with pytest.raises(grpc.RpcError) as empty:
            predict(iter([]), timeout=20)
        assert empty.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        let_go = threading.Event()

        def silence() -> Iterator[bytes]:
            let_go.wait(20)
            yield from ()

        late = [predict.future(silence(), timeout=20) for _ in range(READ_AT_ONCE)]
        assert {call.code() for call in late} == {grpc.StatusCode.DEADLINE_EXCEEDED}
        let_go.set()

        request = calls.predict_request(Endpoint("", "part"), {"image": [PICTURE]}, "serving_default")
        body = request.SerializeToString()
        ended: queue.Queue[Any] = queue.Queue()
        many = 1000 // len(body)
        for _ in range(many + 1):
            predict.future(iter([body]), timeout=20).add_done_callback(ended.put)
        first = ended.get(timeout=20)
        assert first.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "of messages are held" in first.details()
        server.gate.set()
        assert [ended.get(timeout=20).code() for _ in range(many)] == [grpc.StatusCode.OK] * many
        assert predict(iter([body]), timeout=20)


def test_a_port_that_is_taken_is_a_sentence(gateway: RunningGateway, tmp_path: Path, server: ModelServer) -> None:
    (tmp_path / "routes.yaml").write_text(routes_to(server.address))
    from aoi_modules.gateway.server import ServerOptions, run_gateway

    port = int(gateway.grpc.rpartition(":")[2])
    with pytest.raises(AoiError, match=f"cannot listen on 127.0.0.1:{port} for gRPC"):
        run_gateway(tmp_path / "routes.yaml", ServerOptions(port=0, grpc_port=port))
