"""The data plane alone, behind both doors, and by gRPC on a real server.

The cases on the real server follow the table of the public contract.
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering import predict_messages
from aoi_modules.serving.doors import rest_predict
from aoi_modules.serving.doors.call_log import CallLog
from aoi_modules.serving.doors.grpc_listener import GrpcDoor, grpc_server
from aoi_modules.serving.doors.grpc_service import GrpcService
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.doors.rest_listener import RestDoor
from aoi_modules.serving.doors.rest_service import RestService
from aoi_modules.serving.flags import ANY_PORT, Flags
from aoi_modules.serving.workers import Workers
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    ClassificationRequest,
    ClassificationResponse,
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    GetModelStatusRequest,
    GetModelStatusResponse,
    Input,
    ModelSpec,
    PredictRequest,
    RegressionRequest,
    RegressionResponse,
    SignatureDefMap,
)
from tests.serving.bench import Bench
from tests.serving.calls import (
    PREDICT,
    STATUS,
    Value,
    call,
    example_input,
    http_json,
    predict,
    predict_request,
    statuses,
)
from tests.serving.fake_engine import finish
from tests.serving.saved_models import MANIFEST

METADATA = "tensorflow.serving.PredictionService/GetModelMetadata"
X = np.array([2.0, 4.0], np.float32)


def refused(channel: grpc.Channel, request: PredictRequest) -> tuple[str, str]:
    with pytest.raises(grpc.RpcError) as caught:
        predict(channel, request)
    error: Any = caught.value
    return error.code().name, error.details()


def test_predict(channel: grpc.Channel) -> None:
    answer = predict(channel, predict_request("half", x=X))
    assert (answer.model_spec.name, answer.model_spec.version.value) == ("half", 1)
    assert answer.model_spec.signature_name == "serving_default"
    assert list(answer.outputs["y"].float_val) == [3.0, 4.0]
    assert not answer.outputs["y"].tensor_content


def test_predict_by_the_official_messages(channel: grpc.Channel) -> None:
    request = predict_pb2.PredictRequest.FromString(predict_request("half", version=1, x=X).SerializeToString())
    answer = call(channel, PREDICT, request, predict_pb2.PredictResponse)
    assert list(answer.outputs["y"].float_val) == [3.0, 4.0]


def test_output_filter(channel: grpc.Channel) -> None:
    request = predict_request("half", signature="both", x=X)
    assert predict(channel, request).outputs.keys() == {"y", "z"}
    request.output_filter.append("z")
    answer = predict(channel, request)
    assert answer.outputs.keys() == {"z"}
    assert answer.model_spec.signature_name == "both"


def test_a_signature_without_inputs_answers_the_manifest(channel: grpc.Channel) -> None:
    answer = predict(channel, predict_request("echo", signature="manifest"))
    assert tensors.to_array(answer.outputs["json"]).item() == MANIFEST.to_json()


def test_a_great_message_passes(channel: grpc.Channel) -> None:
    picture = np.random.default_rng(1).random((5_000_000,), np.float32)  # 20 MB; gRPC's own limit is 4 MiB
    with pytest.raises(grpc.RpcError, match=r"RESOURCE_EXHAUSTED|larger than max"):
        predict(channel, predict_request("half", x=picture))  # the client of this test refuses the answer
    request = predict_request("half", x=picture)
    request.inputs["x"].tensor_shape.dim[0].size = 1
    assert refused(channel, request) == ("INVALID_ARGUMENT", "tensor parsing error: x")


def test_what_is_refused(channel: grpc.Channel) -> None:
    assert refused(channel, PredictRequest()) == ("INVALID_ARGUMENT", "Missing ModelSpec")
    assert refused(channel, predict_request("", x=X)) == ("INVALID_ARGUMENT", "ModelSpec has no name specified.")
    assert refused(channel, predict_request("nope")) == (
        "NOT_FOUND", "Servable not found for request: Latest(nope)"
    )  # fmt: skip
    assert refused(channel, predict_request("half", version=9, x=X)) == (
        "NOT_FOUND", "Servable not found for request: Specific(half, 9)"
    )  # fmt: skip
    assert refused(channel, predict_request("absent")) == (
        "NOT_FOUND", "Servable not found for request: Latest(absent)"
    )  # fmt: skip
    assert refused(channel, predict_request("half", signature="no", x=X)) == (
        "FAILED_PRECONDITION", 'Serving signature key "no" not found.'
    )  # fmt: skip
    assert refused(channel, predict_request("half"))[1].startswith("input size does not match signature: 0!=1")
    assert (
        "Expects arg[0] to be float but int32"
        in refused(channel, predict_request("half", x=np.array([1], np.int32)))[1]
    )


def test_a_shape_that_would_end_the_process_is_refused(channel: grpc.Channel) -> None:
    code, text = refused(channel, predict_request("strict", image=np.zeros((2, 2, 1), np.float32)))
    assert (code, text) == (
        "INVALID_ARGUMENT", "input image: expected float (?, 2, 2, 1). Received: float (2, 2, 1)"
    )  # fmt: skip
    answer = predict(channel, predict_request("strict", image=np.ones((3, 2, 2, 1), np.float32)))
    assert list(answer.outputs["y"].float_val) == [4.0, 4.0, 4.0]


def test_a_deadline_of_the_client_that_has_passed(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        predict(channel, predict_request("half", x=X), timeout=-1.0)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_status(channel: grpc.Channel) -> None:
    assert statuses(channel, "half") == {1: (30, 0, "")}
    for model, version, text in [
        ("nope", None, "Could not find any versions of model nope$"),
        (
            "absent",
            None,
            "Could not find any versions of model absent: base path .*/absent cannot be read",
        ),
        ("half", 9, "Could not find version 9 of model half$"),
    ]:
        request = GetModelStatusRequest()
        request.model_spec.name = model
        if version:
            request.model_spec.version.value = version
        with pytest.raises(grpc.RpcError) as caught:
            call(channel, STATUS, request, GetModelStatusResponse)
        error: Any = caught.value
        assert error.code().name == "NOT_FOUND"
        assert re.match(text, error.details())


def metadata_request(*fields: str, model: str = "half") -> GetModelMetadataRequest:
    request = GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = model
    return request


def test_metadata(channel: grpc.Channel) -> None:
    answer = call(channel, METADATA, metadata_request("signature_def"), GetModelMetadataResponse)
    assert answer.model_spec.version.value == 1
    signatures = SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["both"].outputs.keys() == {"y", "z"}
    assert signatures.signature_def["serving_default"].method_name == "tensorflow/serving/predict"


def test_metadata_is_unpacked_by_the_official_messages(channel: grpc.Channel) -> None:
    response = get_model_metadata_pb2.GetModelMetadataResponse
    answer = call(channel, METADATA, metadata_request("signature_def"), response)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["both"].inputs["x"].dtype == 1


@pytest.mark.parametrize(
    ("fields", "model", "text"),
    [
        ((), "half", "GetModelMetadataRequest must specify at least one metadata_field"),
        (("weights",), "half", "Metadata field weights is not supported"),
        (("signature_def",), "nope", "Servable not found for request: Latest(nope)"),
    ],
)
def test_metadata_refused(channel: grpc.Channel, fields: tuple[str, ...], model: str, text: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        call(channel, METADATA, metadata_request(*fields, model=model), GetModelMetadataResponse)
    error: Any = caught.value
    assert error.details() == text


# The data plane itself, with an engine without TensorFlow


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.versions.close()
    assert made.engine.closed, "every request gives the model back, whatever became of it"


def by_message(bench: Bench, request: PredictRequest) -> Any:
    return finish(bench.plane.predict(request.model_spec, predict_messages.form(request)))


def by_json(bench: Bench, document: dict[str, Any], **spec: Any) -> Any:
    return json.loads(finish(bench.plane.predict(ModelSpec(**{"name": "m", **spec}), rest_predict.form(document))))


def test_a_predict_in_either_form_asks_the_engine_the_same(bench: Bench) -> None:
    message = by_message(bench, predict_request("m", x=X))
    document = by_json(bench, {"instances": X.tolist()})
    assert list(message.outputs["y"].float_val) == document["predictions"] == [4.0, 8.0]
    assert bench.engine.asked == [([("x", [2.0, 4.0])], ["y"])] * 2
    page = bench.monitor.page().decode()
    assert 'runtime_latency_count{model_name="m",API="Predict",runtime="doubling"} 2' in page


@pytest.mark.parametrize(
    ("spec", "code", "text"),
    [
        ({"name": ""}, "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        ({"name": "n"}, "NOT_FOUND", "Servable not found for request: Latest(n)"),
        ({"version_label": "stable"}, "INVALID_ARGUMENT", "Unrecognized servable version label: stable"),
    ],
)
def test_a_model_that_is_not_there_is_told_in_the_same_words(
    bench: Bench, spec: dict[str, Any], code: str, text: str
) -> None:
    request = predict_request("m", x=X)
    request.model_spec.MergeFrom(ModelSpec(**spec))
    request.model_spec.name = spec.get("name", "m")
    asks: list[Callable[[], Any]] = [
        lambda: by_message(bench, request),
        lambda: by_json(bench, {"instances": [1.0]}, **spec),
    ]
    for ask in asks:
        with pytest.raises(RpcError) as caught:
            ask()
        assert (caught.value.code, caught.value.message) == (code, text)


def test_a_signature_that_is_not_there_is_told_in_each_protocols_words(bench: Bench) -> None:
    with pytest.raises(RpcError) as caught:
        by_message(bench, predict_request("m", signature="no", x=X))
    assert (caught.value.code, caught.value.message) == (
        "FAILED_PRECONDITION", 'Serving signature key "no" not found.'
    )  # fmt: skip
    with pytest.raises(RpcError) as caught:
        by_json(bench, {"instances": [1.0]}, signature_name="no")
    assert (caught.value.code, caught.value.message) == (
        "INVALID_ARGUMENT", 'Serving signature name: "no" not found in signature def'
    )  # fmt: skip


def test_an_error_of_the_engine_is_the_answer_in_either_form(bench: Bench) -> None:
    great = np.ones(4, np.float32)
    asks: list[Callable[[], Any]] = [
        lambda: by_message(bench, predict_request("m", x=great)),
        lambda: by_json(bench, {"instances": great.tolist()}),
    ]
    for ask in asks:
        with pytest.raises(RpcError, match="more than three"):
            ask()


def test_methods_are_compared_for_every_api_when_the_flag_asks(tmp_path: Path) -> None:
    bench = Bench(tmp_path, check_methods=True)
    spec = ModelSpec(name="m", signature_name="number")
    assert finish(bench.plane.regress(RegressionRequest(model_spec=spec, input=example_input(1.0)))).result.regressions
    for steps, text in [
        (bench.plane.classify(ClassificationRequest(model_spec=spec, input=example_input(1.0))), "classification"),
        (bench.plane.predict(ModelSpec(name="m", signature_name="unknown"), rest_predict.form({})), "prediction"),
    ]:
        with pytest.raises(RpcError, match=f"Expected {text} signature method_name to be"):
            finish(steps)
    bench.versions.close()


def test_examples_are_counted_when_they_were_answered(bench: Bench) -> None:
    spec = ModelSpec(name="m", signature_name="number")
    for asked in (example_input(1.0, 2.0), Input()):
        with suppress(RpcError):
            finish(bench.plane.regress(RegressionRequest(model_spec=spec, input=asked)))
    assert ':tensorflow:serving:request_example_count_total{model="m"} 2' in bench.monitor.page().decode()


def test_a_model_is_not_closed_while_a_request_waits_for_it(bench: Bench) -> None:
    request = predict_request("m", x=X)
    steps = bench.plane.predict(request.model_spec, predict_messages.form(request))
    next(steps)
    bench.versions.close()
    assert not bench.engine.closed
    steps.close()  # the client is gone
    assert bench.engine.closed


# The same data plane behind both doors


class Doors:
    """Both doors on free ports, in front of one data plane, in an event loop of their own thread."""

    def __init__(self, bench: Bench) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._workers = Workers(2)
        self.grpc, self.rest = self._run(self._open(bench))

    async def _open(self, bench: Bench) -> tuple[GrpcDoor, RestDoor]:
        flags = Flags(host="127.0.0.1", port=ANY_PORT, rest_api_port=ANY_PORT)
        answers = HeldAnswers()
        service = GrpcService(bench.plane, self._workers, bench.monitor, CallLog(0), answers)

        def server() -> grpc.aio.Server:
            made = grpc_server(flags)
            service.add_to(made)
            return made

        app = RestService(
            bench.plane, self._workers, timeout_seconds=30, cors=False, monitor=bench.monitor, calls=CallLog(0)
        )
        return await GrpcDoor.open(flags, server, answers), await RestDoor.open(flags, app)

    def _run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self._run(self.grpc.close())
        self._run(self.rest.close())
        self._workers.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def doors(bench: Bench) -> Iterator[Doors]:
    opened = Doors(bench)
    yield opened
    opened.close()


def test_both_doors_get_the_same(bench: Bench, doors: Doors) -> None:
    url = f"http://127.0.0.1:{doors.rest.port}/v1/models/m"
    examples = {"examples": [{"x": 1.5}]}
    size = len(example_input(1.5).example_list.examples[0].SerializeToString())
    service = "tensorflow.serving.PredictionService"
    with grpc.insecure_channel(f"127.0.0.1:{doors.grpc.port}") as channel:
        assert list(predict(channel, predict_request("m", x=X)).outputs["y"].float_val) == [4.0, 8.0]
        assert http_json(f"{url}:predict", {"instances": X.tolist()}) == (200, {"predictions": [4.0, 8.0]})

        number = RegressionRequest(model_spec=ModelSpec(name="m", signature_name="number"), input=example_input(1.5))
        answer = call(channel, f"{service}/Regress", number, RegressionResponse)
        assert [entry.value for entry in answer.result.regressions] == [size]
        assert http_json(f"{url}:regress", {"signature_name": "number", **examples}) == (200, {"results": [size]})

        scores = ClassificationRequest(
            model_spec=ModelSpec(name="m", signature_name="scores"), input=example_input(1.5)
        )
        answer = call(channel, f"{service}/Classify", scores, ClassificationResponse)
        assert [(entry.label, entry.score) for entry in answer.result.classifications[0].classes] == [("", size)]
        assert http_json(f"{url}:classify", {"signature_name": "scores", **examples}) == (
            200,
            {"results": [[["", size]]]},
        )

        assert statuses(channel, "m") == {1: (30, 0, "")}
        assert http_json(url)[1]["model_version_status"][0]["state"] == "AVAILABLE"
        assert refused(channel, predict_request("n")) == ("NOT_FOUND", "Servable not found for request: Latest(n)")
        status, document = http_json(f"{url[:-1]}n:predict", {"instances": [1.0]})
        assert (status, document["error"]) == (404, "Servable not found for request: Latest(n)")
    assert bench.engine.asked[0::2] == bench.engine.asked[1::2], "each call by gRPC asked what its twin by REST asked"
    page = bench.monitor.page().decode()
    for api in ("Predict", "Classify", "Regress"):
        assert f'runtime_latency_count{{model_name="m",API="{api}",runtime="doubling"}} 2' in page
