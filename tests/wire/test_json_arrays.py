"""JSON values <-> arrays."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.wire import json_arrays, json_text, tensors
from aoi_modules.wire.schema import DATA_TYPES

DTYPES = ["float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4))
)


def number(name: str) -> int:
    return DATA_TYPES.index(name)


def nested_text(array: NDArray[Any]) -> str:
    """An array as JSON, from our texts of its values."""
    texts = np.array([*json_arrays.to_texts(array, "y"), None], dtype=object)[:-1].reshape(array.shape)

    def write(items: Any) -> str:
        return "[" + ",".join(map(write, items)) + "]" if isinstance(items, list) else items

    return write(texts.tolist())


@given(arrays)
@settings(max_examples=300, deadline=None)
def test_round_trip(array: NDArray[Any]) -> None:
    value = json_text.parse(nested_text(array).encode())
    read = json_arrays.to_array(value, tensors.data_type(array))
    assert (read.dtype, read.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(read, array)


@given(st.floats(width=32))
@settings(max_examples=500, deadline=None)
def test_float_texts_read_back_exactly_and_are_short(value: float) -> None:
    (text,) = json_arrays.to_texts(np.array([value], np.float32), "y")
    back = np.float32(json_text.parse(text.encode()))
    assert back == np.float32(value) or (math.isnan(back) and math.isnan(value))
    if np.float32(float(f"{value:g}")) == np.float32(value) and math.isfinite(value):
        assert text.removesuffix(".0") == f"{value:g}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9000000, "9e+06"), (3, "3.0"), (0.999730885, "0.999730885"), (0.00003, "3e-05"), (999999, "999999.0"),
        (555557.5, "555557.5"), (math.nan, "NaN"), (-math.inf, "-Infinity"), (-0.0, "-0.0"), (0.2, "0.2"),
    ],
)  # fmt: skip
def test_float_texts_of_the_original(value: float, text: str) -> None:
    assert json_arrays.to_texts(np.array([value], np.float32), "y") == [text]


def test_int64_keeps_every_digit() -> None:
    assert json_arrays.to_texts(np.array([9007199254740993, -1]), "y") == ["9007199254740993", "-1"]


def test_strings_are_text_or_base64_by_the_outputs_name() -> None:
    array = np.array([b"hello", 'ä"'.encode(), b"\xff"], dtype=object)
    assert json_arrays.to_texts(array, "label") == ['"hello"', '"ä\\""', '"\udcff"']
    assert json_arrays.to_texts(array, "label_bytes")[0] == '{"b64": "aGVsbG8="}'


@given(st.binary(max_size=50), st.booleans())
@settings(deadline=None)
def test_base64_is_decoded_with_and_without_padding(content: bytes, padded: bool) -> None:
    (text,) = json_arrays.to_texts(np.array([content], dtype=object), "y_bytes")
    value = json.loads(text)
    if not padded:
        value["b64"] = value["b64"].rstrip("=")
    assert json_arrays.to_array([value], tensors.STRING).tolist() == [content]


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


def test_half_outputs_have_no_json_form_unless_there_are_none() -> None:
    assert json_arrays.to_texts(np.zeros((0, 2), np.float16), "y") == []
    with pytest.raises(RpcError, match="Failed to write JSON value for tensor type: half"):
        json_arrays.to_texts(np.zeros(1, np.float16), "y")


def test_deep_lists_are_refused_before_they_hurt() -> None:
    deep = json_text.parse(b"[" * 100_000 + b"1" + b"]" * 100_000)
    with pytest.raises(RpcError, match="more than 64 levels of lists"):
        json_arrays.to_array(deep, number("FLOAT"))
