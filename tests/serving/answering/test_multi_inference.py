"""MultiInference by gRPC on a real server; the texts are those of the public contract."""

import grpc
import pytest
from tensorflow_serving.apis import inference_pb2

from aoi_modules.serving.answering.multi_inference import inferences
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire.messages import MultiInferenceRequest, MultiInferenceResponse
from tests.serving.answering.example_requests import CLASSIFY, REGRESS, SERVICE, ExampleEngine
from tests.serving.calls import call, example_input, refusal


def tasks(*pairs: tuple[str, str], model: str = "examples") -> MultiInferenceRequest:
    """One task for each pair of method and signature."""
    request = MultiInferenceRequest(input=example_input(2.5))
    for method, signature in pairs:
        task = request.tasks.add(method_name=method)
        task.model_spec.name = model
        task.model_spec.signature_name = signature
    return request


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


def test_two_tasks_that_share_an_input() -> None:
    servable = Servable("m", 7, ExampleEngine())
    asked = tasks((REGRESS, "number"), (CLASSIFY, "scores"))
    first, second = (servable.answer(inference) for inference in inferences(servable, asked))
    size = len(example_input(2.5).example_list.examples[0].SerializeToString())
    assert first.regression_result.regressions[0].value == size
    assert second.classification_result.classifications[0].classes[0].score == size
    assert [r.model_spec.version.value for r in (first, second)] == [7, 7]
