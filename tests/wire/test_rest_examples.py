"""JSON examples of Classify and Regress, and their answers."""

import contextlib
import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.wire import rest_examples
from aoi_modules.wire.messages import ClassificationResult, RegressionResult


def features(value: Any) -> Any:
    """The features of the only example of a request."""
    message = rest_examples.request_input({"examples": [value]})
    return json_format.MessageToDict(message.example_list.examples[0].features).get("feature", {})


def test_every_kind_of_value() -> None:
    read = features({"a": 1.5, "b": [1, 2], "c": "ä", "d": {"b64": "aGk="}, "e": [True, False, 3], "f": ["x"], "g": []})
    assert read == {
        "a": {"floatList": {"value": [1.5]}},
        "b": {"int64List": {"value": ["1", "2"]}},
        "c": {"bytesList": {"value": ["w6Q="]}},
        "d": {"bytesList": {"value": ["aGk="]}},
        "e": {"int64List": {"value": ["1", "0", "3"]}},
        "f": {"bytesList": {"value": ["eA=="]}},
        "g": {},
    }


def test_a_context_stands_beside_the_examples() -> None:
    message = rest_examples.request_input({"context": {"x": 1.0}, "examples": [{}, {"y": 2.0}]})
    assert message.WhichOneof("kind") == "example_list_with_context"
    assert len(message.example_list_with_context.examples) == 2
    assert message.example_list_with_context.context.features.feature["x"].float_list.value == [1.0]


def test_numbers_that_float32_does_not_hold() -> None:
    message = rest_examples.request_input({"examples": [{"x": [1e39, -1e39, math.nan]}]})
    values = message.example_list.examples[0].features.feature["x"].float_list.value
    assert (values[0], values[1]) == (math.inf, -math.inf)
    assert math.isnan(values[2])


def test_integers_beyond_64_bits_are_numbers_like_others() -> None:
    least = -(1 << 63)
    assert features({"a": least}) == {"a": {"int64List": {"value": [str(least)]}}}
    for number in (least - 1, 1 << 64):
        assert features({"a": number})["a"]["floatList"]["value"] == [pytest.approx(number)]
    for refused in (1 << 63, (1 << 64) - 1):
        with pytest.raises(RpcError, match="a has uint64 element"):
            features({"a": refused})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "When method is classify, key 'examples' is expected and was not found"),
        ({"examples": {"a": 1}}, "Expecting 'examples' value to be an list/array"),
        ({"examples": []}, "'examples' value is an empty array"),
        ({"examples": [[{"a": 1}]]}, "Example must be JSON object but got JSON Array"),
        ({"examples": [{}], "context": 3}, "Example must be JSON object but got JSON Number"),
        ({"examples": [{"a": None}]}, "Feature: a has element with unexpected JSON type: Null"),
        ({"examples": [{"a": [10, {"b": 10}]}]}, "Feature: a has element with unexpected JSON type: Object"),
        ({"examples": [{"a": [1, [2]]}]}, "Feature: a has element with unexpected JSON type: Array"),
        ({"examples": [{"a": [1, 2.5]}]}, "Unexpected element type in feature: a expecting type: int64"),
        ({"examples": [{"a": [2.5, 1]}]}, "Unexpected element type in feature: a expecting type: float"),
        ({"examples": [{"a": ["x", 1]}]}, "Unexpected element type in feature: a expecting type: bytes"),
        ({"examples": [{"a": 1 << 63}]}, "Feature: a has uint64 element. Only int64_t is supported."),
        ({"examples": [{"a": {"b64": "!"}}]}, "Unable to base64 decode"),
    ],
)
def test_what_is_refused(document: Any, message: str) -> None:
    with pytest.raises(RpcError) as caught:
        rest_examples.request_input(document)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert message in caught.value.message


def test_answers() -> None:
    classes = ClassificationResult()
    row = classes.classifications.add()
    row.classes.add(label='a"b', score=0.2)
    row.classes.add(score=3.0)
    assert json.loads(rest_examples.classification_body(classes)) == {"results": [[['a"b', 0.2], ["", 3.0]]]}
    numbers = RegressionResult()
    for value in (9e6, math.nan, math.inf, 0.25):
        numbers.regressions.add(value=value)
    assert b"[9e+06, NaN, Infinity, 0.25]" in rest_examples.regression_body(numbers)


def test_an_answer_without_results() -> None:
    with pytest.raises(RpcError, match="Cannot convert empty ClassificationResults to JSON"):
        rest_examples.classification_body(ClassificationResult())
    with pytest.raises(RpcError, match="Cannot convert empty RegressionResults to JSON"):
        rest_examples.regression_body(RegressionResult())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), 1 << 65) | st.floats() | st.text(max_size=5),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.text(max_size=4), items, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["examples", "context"]), JSON))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    with contextlib.suppress(RpcError):
        rest_examples.request_input(document).SerializeToString()
