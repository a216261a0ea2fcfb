"""Classify, Regress and MultiInference by gRPC, on a real server; the texts are those of the public contract."""

from typing import Any

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis import classification_pb2, inference_pb2, input_pb2

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering import inference
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import (
    ClassificationRequest,
    ClassificationResponse,
    Input,
    MultiInferenceRequest,
    MultiInferenceResponse,
    PredictRequest,
    RegressionRequest,
    RegressionResponse,
)
from tests.serving.calls import call, example_input, predict_request, refusal
from tests.serving.fake_engine import DoublingEngine, float_signature

SERVICE = "tensorflow.serving.PredictionService"
CLASSIFY, REGRESS = "tensorflow/serving/classify", "tensorflow/serving/regress"


def classification(signature: str = "", examples: Input | None = None) -> ClassificationRequest:
    request = ClassificationRequest(input=examples if examples is not None else example_input(2.5))
    request.model_spec.name = "examples"
    request.model_spec.signature_name = signature
    return request


def regression(signature: str, examples: Input | None = None) -> RegressionRequest:
    request = RegressionRequest(input=examples if examples is not None else example_input(2.5))
    request.model_spec.name = "examples"
    request.model_spec.signature_name = signature
    return request


def tasks(*pairs: tuple[str, str], model: str = "examples") -> MultiInferenceRequest:
    """One task for each pair of method and signature."""
    request = MultiInferenceRequest(input=example_input(2.5))
    for method, signature in pairs:
        task = request.tasks.add(method_name=method)
        task.model_spec.name = model
        task.model_spec.signature_name = signature
    return request


def test_labels_and_scores(channel: grpc.Channel) -> None:
    request = classification(examples=example_input(2.5, -1.0))
    answer = call(channel, f"{SERVICE}/Classify", request, ClassificationResponse)
    assert answer.model_spec.signature_name == "serving_default"
    assert answer.model_spec.version.value == 1
    rows = [[(c.label, c.score) for c in row.classes] for row in answer.result.classifications]
    assert rows == [[("good", 2.5), ("bad", -2.5)], [("bad", -1.0), ("good", 1.0)]]


@pytest.mark.parametrize(
    ("signature", "row"),
    [("scores", [("", 2.5), ("", -2.5)]), ("classes", [("good", 0.0), ("bad", 0.0)])],
)
def test_labels_or_scores_alone(channel: grpc.Channel, signature: str, row: Any) -> None:
    answer = call(channel, f"{SERVICE}/Classify", classification(signature), ClassificationResponse)
    assert [(c.label, c.score) for c in answer.result.classifications[0].classes] == row


def test_the_official_messages_are_understood(channel: grpc.Channel) -> None:
    request = classification_pb2.ClassificationRequest.FromString(classification("scores").SerializeToString())
    assert isinstance(request.input, input_pb2.Input)
    answer = call(channel, f"{SERVICE}/Classify", request, classification_pb2.ClassificationResponse)
    assert answer.result.classifications[0].classes[0].score == 2.5


@pytest.mark.parametrize(("signature", "value"), [("number", 3.25), ("flat", 2.5)])
def test_regress(channel: grpc.Channel, signature: str, value: float) -> None:
    answer = call(channel, f"{SERVICE}/Regress", regression(signature), RegressionResponse)
    assert [r.value for r in answer.result.regressions] == [value]
    assert answer.model_spec.signature_name == signature


def test_what_an_example_says_wins_over_the_context(channel: grpc.Channel) -> None:
    examples = example_input(8.0, context=4.0)
    examples.example_list_with_context.examples.add()
    answer = call(channel, f"{SERVICE}/Regress", regression("flat", examples), RegressionResponse)
    assert [r.value for r in answer.result.regressions] == [8.0, 4.0]


@pytest.mark.parametrize(
    ("signature", "code", "text"),
    [
        ("no", "INVALID_ARGUMENT", "No signature was found with the name: no"),
        ("number", "FAILED_PRECONDITION", "Expected classification signature outputs to contain at least one of"),
        ("vector", "INVALID_ARGUMENT", "Expected Tensor shape: [batch_size num_classes] but got [1]"),
        ("floats", "INVALID_ARGUMENT", "to be float but string is provided"),
    ],
)
def test_signatures_that_cannot_classify(channel: grpc.Channel, signature: str, code: str, text: str) -> None:
    got = refusal(channel, f"{SERVICE}/Classify", classification(signature), ClassificationResponse)
    assert (got[0], text in got[1]) == (code, True), got


@pytest.mark.parametrize(
    ("signature", "code", "text"),
    [
        ("no", "INVALID_ARGUMENT", "No signature was found with the name: no"),
        ("two", "INVALID_ARGUMENT", "Expected one input Tensor."),
        ("serving_default", "INVALID_ARGUMENT", "Expected one output Tensor."),
        ("misnamed", "FAILED_PRECONDITION", "No regression inputs found in SignatureDef:"),
        ("other", "FAILED_PRECONDITION", "No regression outputs found in SignatureDef:"),
        ("wide", "INVALID_ARGUMENT", "[batch_size] or [batch_size, 1] but got [2,2]"),
        ("short", "INVALID_ARGUMENT", "Input batch size did not match output batch size: 2 vs. 1"),
        ("double", "INVALID_ARGUMENT", "Expected output Tensor of DT_FLOAT.  Got: DT_DOUBLE"),
    ],
)
def test_signatures_that_cannot_regress(channel: grpc.Channel, signature: str, code: str, text: str) -> None:
    request = regression(signature, example_input(1.0, 2.0))
    got = refusal(channel, f"{SERVICE}/Regress", request, RegressionResponse)
    assert (got[0], text in got[1]) == (code, True), got


def test_requests_without_model_or_examples(channel: grpc.Channel) -> None:
    method = f"{SERVICE}/Regress"
    missing = RegressionRequest(input=example_input(1.0))
    assert refusal(channel, method, missing, RegressionResponse) == ("INVALID_ARGUMENT", "Missing ModelSpec")
    empty = regression("number", Input())
    assert refusal(channel, method, empty, RegressionResponse) == ("INVALID_ARGUMENT", "Input is empty.")
    nowhere = regression("number")
    nowhere.model_spec.name = "nope"
    assert refusal(channel, method, nowhere, RegressionResponse)[0] == "NOT_FOUND"


def test_several_tasks_on_one_input(channel: grpc.Channel) -> None:
    request = tasks((REGRESS, "number"), (CLASSIFY, ""))
    # Every signature of this model has its own input tensor, as models of TensorFlow 2 do.
    got = refusal(channel, f"{SERVICE}/MultiInference", request, MultiInferenceResponse)
    assert got == ("INVALID_ARGUMENT", "Input tensor must be the same for all Signatures.")
    answer = call(channel, f"{SERVICE}/MultiInference", tasks((REGRESS, "number")), MultiInferenceResponse)
    assert answer.results[0].regression_result.regressions[0].value == 3.25
    assert answer.results[0].model_spec.signature_name == "number"
    assert inference_pb2.MultiInferenceResponse.FromString(answer.SerializeToString())


@pytest.mark.parametrize(
    ("request_", "code", "text"),
    [
        (tasks(), "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        (tasks((REGRESS, "number"), model="nope"), "NOT_FOUND", "Servable not found for request: Latest(nope)"),
        (tasks((REGRESS, "no")), "INVALID_ARGUMENT", "Requested signature not found in model graph: no"),
        (
            tasks((REGRESS, "number"), (REGRESS, "number")),
            "INVALID_ARGUMENT",
            "Duplicate evaluation of signature: number",
        ),
        (
            tasks(("tensorflow/serving/predict", "number")),
            "UNIMPLEMENTED",
            "Unsupported signature method_name: tensorflow/serving/predict",
        ),
    ],
)
def test_tasks_that_do_not_fit(channel: grpc.Channel, request_: MultiInferenceRequest, code: str, text: str) -> None:
    assert refusal(channel, f"{SERVICE}/MultiInference", request_, MultiInferenceResponse) == (code, text)


def test_tasks_of_several_models(channel: grpc.Channel) -> None:
    for name, text in [
        ("half", "All ModelSpecs in a MultiInferenceRequest must access the same model name."),
        ("", "Found ModelSpec with an empty model name."),
    ]:
        request = tasks((REGRESS, "number"), (REGRESS, "flat"))
        request.tasks[1].model_spec.name = name
        got = refusal(channel, f"{SERVICE}/MultiInference", request, MultiInferenceResponse)
        assert got == ("INVALID_ARGUMENT", text)


class ExampleEngine(DoublingEngine):
    """Two signatures on the same input tensor; each answers the length of each serialized example."""

    def __init__(self) -> None:
        super().__init__()
        for name, output, method in [("number", "outputs", REGRESS), ("scores", "scores", CLASSIFY)]:
            self.signatures[name] = float_signature(inputs=["inputs"], outputs=[output])
            self.signatures[name].method_name = method
        self.signatures["unknown"] = float_signature()
        self.signatures["unknown"].method_name = "my/method"

    def run(self, signature: Any, inputs: Any, outputs: Any) -> Any:
        return {name: np.array([[len(text)] for text in inputs["inputs"]], np.float32) for name in outputs}


def test_two_tasks_that_share_an_input() -> None:
    servable = Servable("m", 7, ExampleEngine())
    answer = inference.multi_inference(servable, tasks((REGRESS, "number"), (CLASSIFY, "scores")))
    size = len(example_input(2.5).example_list.examples[0].SerializeToString())
    assert answer.results[0].regression_result.regressions[0].value == size
    assert answer.results[1].classification_result.classifications[0].classes[0].score == size
    assert [r.model_spec.version.value for r in answer.results] == [7, 7]


def test_method_names_are_compared_when_the_flag_asks() -> None:
    servable = Servable("m", 1, ExampleEngine())
    assert inference.regress(servable, "number", example_input(1.0), check_method=True).regressions
    with pytest.raises(RpcError, match="Expected classification signature method_name to be tensorflow/serving/classi"):
        inference.classify(servable, "number", example_input(1.0), check_method=True)
    with pytest.raises(RpcError, match="Expected regression signature method_name to be tensorflow/serving/regress"):
        inference.regress(servable, "scores", example_input(1.0), check_method=True)
    request: PredictRequest = predict_request("m", signature="unknown", x=np.zeros(1, np.float32))
    with pytest.raises(RpcError, match="Expected prediction signature method_name to be one of") as caught:
        inference.predict(servable, request, check_method=True)
    assert caught.value.code == "INTERNAL"


def test_the_default_of_an_input_that_was_left_out() -> None:
    engine = DoublingEngine()
    engine.signatures["serving_default"].defaults["x"].CopyFrom(tensors.to_tensor(np.array([1.5, 2.0], np.float32)))
    servable = Servable("m", 1, engine)
    assert inference.predict(servable, predict_request("m")).outputs["y"].float_val == [3.0, 4.0]
    sent = predict_request("m", x=np.zeros(1, np.float32))
    assert inference.predict(servable, sent).outputs["y"].float_val == [0.0]
