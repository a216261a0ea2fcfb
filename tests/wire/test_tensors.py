"""TensorProto <-> numpy, compared with TensorFlow's own conversion."""

import sys
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from aoi_modules.errors import WireError
from aoi_modules.tf import tf
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import TensorProto
from aoi_modules.wire.schema import DATA_TYPES

from tensorflow.core.framework import tensor_pb2

DTYPES = [
    "float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool",
    "complex64", "complex128",
]  # fmt: skip
numbers = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
texts = st.lists(st.binary(max_size=20), max_size=6)


def _parse(tensor: TensorProto) -> Any:
    return tensor_pb2.TensorProto.FromString(tensor.SerializeToString())


@given(numbers, st.booleans())
@settings(max_examples=200, deadline=None)
def test_tensorflow_reads_what_we_write(array: NDArray[Any], content: bool) -> None:
    read = tf.make_ndarray(_parse(tensors.to_tensor(array, content=content)))
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


@given(numbers)
@settings(max_examples=200, deadline=None)
def test_we_read_what_tensorflow_writes(array: NDArray[Any]) -> None:
    written = TensorProto.FromString(tf.make_tensor_proto(array).SerializeToString())
    read = tensors.to_array(written)
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


@given(numbers, st.booleans())
@settings(max_examples=100, deadline=None)
def test_round_trip(array: NDArray[Any], content: bool) -> None:
    read = tensors.to_array(tensors.to_tensor(array, content=content))
    assert (read.dtype, read.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(read, array)


@given(texts)
@settings(deadline=None)
def test_strings_round_trip_and_agree_with_tensorflow(values: list[bytes]) -> None:
    tensor = tensors.to_tensor(values)
    assert tensors.to_array(tensor).tolist() == values
    assert tf.make_ndarray(_parse(tensor)).tolist() == values


def test_a_scalar_of_bytes_keeps_its_shape() -> None:
    assert tensors.to_array(tensors.to_tensor(b"PNG")).item() == b"PNG"


@pytest.mark.parametrize("content", [True, False])
def test_a_scalar_has_a_shape_without_dimensions_as_tensorflow_writes_it(content: bool) -> None:
    for scalar in (np.array(2.5, np.float32), np.array(b"x", object)):
        tensor = tensors.to_tensor(scalar, content=content)
        assert tensor.HasField("tensor_shape")
        assert len(tensor.tensor_shape.dim) == 0


def test_one_value_fills_the_shape() -> None:
    tensor = TensorProto(dtype=DATA_TYPES.index("FLOAT"), float_val=[1.0, 2.0])
    tensor.tensor_shape.dim.add(size=2)
    tensor.tensor_shape.dim.add(size=2)
    assert tensors.to_array(tensor).tolist() == tf.make_ndarray(_parse(tensor)).tolist() == [[1, 2], [2, 2]]


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        ({"dtype": 1}, (3,)),
        ({"dtype": 7}, (2,)),
        ({"dtype": 1, "float_val": [1, 2, 3]}, (2,)),
        ({"dtype": 7, "string_val": [b"a", b"b", b"c"]}, (2,)),
        ({"dtype": 7, "string_val": [b"a", b"b"]}, (3,)),
        ({"dtype": 1, "float_val": [1, 2]}, ()),
        ({"dtype": 1, "float_val": [1, 2]}, (0,)),
        ({"dtype": 1, "tensor_content": b"1234"}, (0,)),
        ({"dtype": 8, "scomplex_val": [1]}, (1,)),
        ({"dtype": 8, "scomplex_val": [1, 2, 3]}, (2,)),
        ({"dtype": 4, "int_val": [300, -1]}, (2,)),
        ({"dtype": 7, "tensor_content": b"\x01\x02abc"}, (2,)),
        ({"dtype": 1, "double_val": [1, 2]}, (2,)),
    ],
)
def test_values_that_do_not_fit_are_read_as_tensorflow_reads_them(fields: Any, shape: tuple[int, ...]) -> None:
    tensor = TensorProto(**fields)
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    kind = tf.dtypes.as_dtype(tensor.dtype)
    assert tensors.to_array(tensor).tolist() == tf.io.parse_tensor(tensor.SerializeToString(), kind).numpy().tolist()


def broken(case: str) -> TensorProto:
    tensor = TensorProto(dtype=DATA_TYPES.index("FLOAT"))
    tensor.tensor_shape.dim.add(size=2)
    match case:
        case "content too short":
            tensor.tensor_content = b"\0" * 4
        case "content of half a number":
            tensor.tensor_content = b"\0" * 7
        case "strings shorter than their lengths say":
            tensor.dtype, tensor.tensor_content = tensors.STRING, b"\x01\x05ab"
        case "strings whose lengths do not end":
            tensor.dtype, tensor.tensor_content = tensors.STRING, b"\x01\xff"
        case "a truth value of two":
            tensor.dtype, tensor.tensor_content = DATA_TYPES.index("BOOL"), b"\x01\x02"
        case "more bytes than a machine can count":
            tensor.dtype = tensors.STRING
            tensor.tensor_shape.dim[0].size = (1 << 63) - 1
            tensor.tensor_shape.dim.add(size=0)
        case "terabyte from no value":
            tensor.tensor_shape.dim[0].size = 1 << 40
        case "negative size":
            tensor.tensor_shape.dim[0].size = -1
        case "unknown rank":
            tensor.tensor_shape.unknown_rank = True
        case "terabyte from one value":
            tensor.float_val.append(1)
            tensor.tensor_shape.dim[0].size = 1 << 40
        case "size beyond all bounds":
            tensor.float_val.append(1)
            tensor.tensor_shape.dim[0].size = 1 << 62
            tensor.tensor_shape.dim.add(size=4)
        case "unknown data type":
            tensor.dtype = 99
    return tensor


@pytest.mark.parametrize(
    "case",
    [
        "content too short", "content of half a number", "negative size", "unknown rank",
        "strings shorter than their lengths say",
        "strings whose lengths do not end", "a truth value of two",
        "terabyte from no value", "more bytes than a machine can count", "terabyte from one value",
        "size beyond all bounds", "unknown data type",
    ],
)  # fmt: skip
def test_a_message_that_contradicts_itself_is_refused(case: str) -> None:
    with pytest.raises(WireError, match="tensor parsing error: x"):
        tensors.to_array(broken(case), "x")


def test_an_empty_array_may_be_as_long_as_numpy_can_state() -> None:
    def empty(length: int) -> TensorProto:
        tensor = TensorProto(dtype=DATA_TYPES.index("FLOAT"))
        for size in (length, 0):
            tensor.tensor_shape.dim.add(size=size)
        return tensor

    longest = (1 << 59) - 1  # of values of 16 bytes
    assert tensors.to_array(empty(longest)).shape == (longest, 0)
    with pytest.raises(WireError, match="tensor parsing error"):
        tensors.to_array(empty(longest + 1))


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 16_384])
def test_packed_strings_of_any_length_are_read(length: int) -> None:
    text = b"x" * length
    tensor = TensorProto(dtype=tensors.STRING, tensor_content=varint(length) + b"\x01" + text + b"y")
    tensor.tensor_shape.dim.add(size=2)
    assert tensors.to_array(tensor).tolist() == [text, b"y"]


def varint(number: int) -> bytes:
    """A number as protobuf writes it: seven bits a byte, the lowest first."""
    *more, last = [number >> shift & 0x7F for shift in range(0, max(7, number.bit_length()), 7)]
    return bytes([*(byte | 0x80 for byte in more), last])


def test_names_of_data_types_are_those_that_tensorflow_prints() -> None:
    assert [tensors.type_name(number) for number in (0, 1, 7, 23)] == ["invalid", "float", "string", "uint64"]
    assert [tensors.type_name(number) for number in (-1, 24)] == ["data type -1", "data type 24"]


def test_a_dtype_that_tensorflow_lacks_is_refused() -> None:
    with pytest.raises(WireError, match="datetime64"):
        tensors.to_tensor(np.array(["2026-01-01"], dtype="datetime64[D]"))


NUMBERS = st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=3)


@given(
    dtype=st.integers(0, 30),
    sizes=st.lists(st.sampled_from([-1, 0, 1, 2, 3, 1 << 31, 1 << 62]), max_size=70),
    content=st.binary(max_size=8),
    numbers=NUMBERS,
    texts=st.lists(st.binary(max_size=3), max_size=3),
)
def test_any_message_is_read_or_refused(
    dtype: int, sizes: list[int], content: bytes, numbers: list[int], texts: list[bytes]
) -> None:
    tensor = TensorProto(dtype=dtype, tensor_content=content, string_val=texts, half_val=numbers, int_val=numbers)
    for field in ("float_val", "double_val", "int64_val", "scomplex_val", "dcomplex_val", "bool_val"):
        getattr(tensor, field).extend(map(bool, numbers) if field == "bool_val" else numbers)
    for size in sizes:
        tensor.tensor_shape.dim.add(size=size)
    try:
        array = tensors.to_array(tensor, "x")
    except WireError:
        return
    assert array.shape == tuple(sizes)


@pytest.mark.parametrize("content", [True, False])
def test_bfloat16_travels_as_its_bits(content: bool) -> None:
    array = np.array([[1.0, -2.5], [0.0, np.inf]], ml_dtypes.bfloat16)
    message = tensors.to_tensor(array, content=content)
    assert message.dtype == DATA_TYPES.index("BFLOAT16")
    if not content:
        assert list(message.half_val) == [0x3F80, 0xC020, 0, 0x7F80]
    read = tensors.to_array(message)
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read.astype(np.float32), array.astype(np.float32))


def test_a_short_message_of_bfloat16_is_filled_up() -> None:
    message = tensors.to_tensor(np.array([3.0], ml_dtypes.bfloat16), content=False)
    message.tensor_shape.dim[0].size = 3
    assert tensors.to_array(message).astype(np.float32).tolist() == [3.0, 3.0, 3.0]


def test_bfloat16_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    message = tensors.to_tensor(np.array([3.0], ml_dtypes.bfloat16))
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    tensors._bfloat16.cache_clear()
    try:
        assert tensors.dtype_of(tensors.BFLOAT16) is None
        with pytest.raises(WireError, match="tensor y: is of bfloat16, which numpy knows with the package") as caught:
            tensors.to_array(message, "y")
        assert "pip install ml_dtypes" in caught.value.hint
    finally:
        tensors._bfloat16.cache_clear()
