"""JSON values as arrays."""

import math
from typing import Any

import pytest

from aoi_modules.errors import RpcError
from aoi_modules.wire import json_arrays, json_text
from aoi_modules.wire.schema import DATA_TYPES


def number(name: str) -> int:
    return DATA_TYPES.index(name)


def test_numbers_beyond_a_float_become_infinite_or_zero() -> None:
    assert json_arrays.to_array([3.5e38, -3.5e38, 1e-50], number("FLOAT")).tolist() == [math.inf, -math.inf, 0.0]


def test_lists_without_values_keep_their_shape() -> None:
    assert json_arrays.to_array([], number("FLOAT")).shape == (0,)
    assert json_arrays.to_array([[], []], number("INT32")).shape == (2, 0)


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (["x"], "FLOAT", 'JSON Value: "x" Type: String is not of expected type: float'),
        ([True], "FLOAT", "JSON Value: true Type: True is not of expected type: float"),
        ([None], "DOUBLE", "Type: Null is not of expected type: double"),
        ([1.0], "INT32", "JSON Value: 1.0 Type: Number is not of expected type: int32"),
        ([2147483648], "INT32", "not of expected type: int32"),
        ([256], "UINT8", "not of expected type: uint8"),
        ([-1], "UINT64", "not of expected type: uint64"),
        ([1], "BOOL", "not of expected type: bool"),
        ([{}], "INT32", "JSON Value: {} Type: Object is not of expected type: int32"),
        ([5], "STRING", "not of expected type: string"),
        ([{"foo": "bar"}], "STRING", "not formatted correctly for base64 data"),
        ([{"b64": "!!!"}], "STRING", "Unable to base64 decode"),
        ([{"b64": "aGVsbG8=="}], "STRING", "Unable to base64 decode"),
        ([{"a": 1}], "HALF", 'JSON Value: {"a":1} Type: Object is not of expected type: half'),
        (["\ud800"], "STRING", "half a surrogate pair"),
        ([[1, 2], [3]], "INT32", "Encountered list at unexpected size: 1 at level: 1 expected size: 2"),
        ([1, [2]], "INT32", "Encountered list at unexpected level: 1 expected < 1"),
        ([[1], 2], "INT32", "JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2"),
    ],
)
def test_what_does_not_fit_is_said(value: Any, kind: str, message: str) -> None:
    with pytest.raises(RpcError) as caught:
        json_arrays.to_array(value, number(kind))
    assert caught.value.code == "INVALID_ARGUMENT"
    assert message in caught.value.message


@pytest.mark.parametrize("kind", ["HALF", "BFLOAT16", "COMPLEX64"])
def test_types_without_a_json_form(kind: str) -> None:
    with pytest.raises(RpcError, match="to type:") as caught:
        json_arrays.to_array([1.0], number(kind))
    assert caught.value.code == "UNIMPLEMENTED"


def test_deep_lists_are_refused_before_they_hurt() -> None:
    deep = json_text.parse(b"[" * 100_000 + b"1" + b"]" * 100_000)
    with pytest.raises(RpcError, match="more than 64 levels of lists"):
        json_arrays.to_array(deep, number("FLOAT"))
