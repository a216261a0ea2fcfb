"""Classify by gRPC on a real server, and its results; the texts are those of the public contract."""

from typing import Any

import grpc
import numpy as np
import pytest
from tensorflow_serving.apis import classification_pb2, input_pb2

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.wire.messages import ClassificationResponse
from tests.serving.answering.example_requests import SERVICE, classification
from tests.serving.calls import call, example_input, refusal


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
    ("outputs", "text"),
    [
        ({"scores": np.zeros((3, 2), np.float64)}, "Expected scores Tensor of DT_FLOAT. Got: DT_DOUBLE"),
        ({"scores": np.zeros((2, 2), np.float32)}, "Expected scores output batch size of 3. Got: 2"),
        ({"classes": np.zeros((3, 2), np.float32)}, "Expected classes Tensor of DT_STRING. Got: DT_FLOAT"),
        (
            {"classes": np.full((3, 1), b"a", object), "scores": np.zeros((3, 2), np.float32)},
            "Tensors class and score should match in dim_size(1). Got 1 vs. 2",
        ),
    ],
)
def test_outputs_that_are_no_classification(outputs: Any, text: str) -> None:
    with pytest.raises(RpcError) as caught:
        CLASSIFY.result(outputs, 3)
    assert (caught.value.code, caught.value.message) == ("INVALID_ARGUMENT", text)


def test_a_label_that_is_not_utf_8_has_replacement_signs() -> None:
    result = CLASSIFY.result({"classes": np.array([[b"good", b"\xff"]], object)}, 1)
    assert [entry.label for entry in result.classifications[0].classes] == ["good", "\ufffd"]
