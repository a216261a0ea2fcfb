"""Arrays as JSON text: lists, and values by their dtype."""

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
from aoi_modules.wire import array_texts, json_arrays, json_text, tensors

DTYPES = ["float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4))
)


def as_python_writes(array: NDArray[Any]) -> str:
    """Lists as `json` writes them, each value by itself."""

    def write(item: Any) -> str:
        if isinstance(item, list):
            return f"[{', '.join(map(write, item))}]"
        return array_texts.text(np.array(item, array.dtype), "y").decode()

    return write(array.tolist())


@given(arrays)
@settings(max_examples=300, deadline=None)
def test_round_trip(array: NDArray[Any]) -> None:
    text = array_texts.text(array, "y")
    read = json_arrays.to_array(json_text.parse(text), tensors.data_type(array))
    assert (read.dtype, read.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(read, array)


@given(arrays)
@settings(max_examples=300, deadline=None)
def test_together_as_one_by_one(array: NDArray[Any]) -> None:
    assert array_texts.text(array, "y").decode() == as_python_writes(array)
    if array.ndim:
        assert array_texts.rows(array, "y") == [array_texts.text(item, "y") for item in array]


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 2), (2, 0, 3)])
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "object", "float16"])
def test_lists_of_nothing(shape: tuple[int, ...], dtype: str) -> None:
    array = np.zeros(shape, dtype)
    assert array_texts.text(array, "y").decode() == json.dumps(array.tolist())
    assert array_texts.rows(array, "y") == [json.dumps(item).encode() for item in array.tolist()]


@pytest.mark.parametrize("shape", [(1000,), (40, 1), (1, 40), (3, 1, 20), (2, 3, 4, 5), (1,) * 40 + (50,)])
def test_brackets_of_many_floats(shape: tuple[int, ...]) -> None:
    array = np.arange(math.prod(shape), dtype=np.float32).reshape(shape) / 8
    assert array_texts.text(array, "y").decode() == json.dumps(array.tolist()).replace("e+", "e+0")
    assert [json.loads(row) for row in array_texts.rows(array, "y")] == array.tolist()


def test_arrays_that_are_not_in_one_piece() -> None:
    for dtype in ("float32", "int32"):
        array = np.arange(120, dtype=dtype).reshape(10, 12)[::2, ::3]
        assert json.loads(array_texts.text(array, "y")) == array.tolist()


def test_int64_keeps_every_digit() -> None:
    assert array_texts.text(np.array([9007199254740993, -1]), "y") == b"[9007199254740993, -1]"


def test_strings_are_text_or_base64_by_the_outputs_name() -> None:
    array = np.array([b"hello", 'ä"'.encode(), b"\xff"], dtype=object)
    assert array_texts.rows(array, "label") == [b'"hello"', '"ä\\""'.encode(), b'"\xff"']
    assert array_texts.rows(array, "label_bytes")[0] == b'{"b64": "aGVsbG8="}'
    assert array_texts.text(np.array([[b"a"], [b"], ["]], object), "y") == b'[["a"], ["], ["]]'


@given(st.binary(max_size=50), st.booleans())
@settings(deadline=None)
def test_base64_is_decoded_with_and_without_padding(content: bytes, padded: bool) -> None:
    value = json.loads(array_texts.text(np.array(content, dtype=object), "y_bytes"))
    if not padded:
        value["b64"] = value["b64"].rstrip("=")
    assert json_arrays.to_array([value], tensors.STRING).tolist() == [content]


def test_half_outputs_have_no_json_form() -> None:
    with pytest.raises(RpcError, match="Failed to write JSON value for tensor type: half"):
        array_texts.text(np.zeros(1, np.float16), "y")
    with pytest.raises(RpcError, match="Failed to write JSON value for tensor type: complex64"):
        array_texts.rows(np.zeros(1, np.complex64), "y")
