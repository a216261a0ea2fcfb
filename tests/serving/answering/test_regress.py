"""Regress by gRPC on a real server; the texts are those of the public contract."""

import grpc
import pytest

from aoi_modules.wire.messages import Input, RegressionRequest, RegressionResponse
from tests.serving.answering.example_requests import SERVICE, regression
from tests.serving.calls import call, example_input, refusal


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
