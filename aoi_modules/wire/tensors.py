"""Numpy arrays as TensorProto messages, and back."""

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import WireError
from aoi_modules.wire.messages import TensorProto
from aoi_modules.wire.schema import DATA_TYPES

Array = NDArray[Any]
"""An array of any dtype."""
Arrays = Mapping[str, Array]
"""The inputs or the outputs of a call, by name."""

# The dtype of each data type that numpy knows, and the repeated field that carries it.
_KINDS: dict[str, tuple[str, str]] = {
    "FLOAT": ("float32", "float_val"),
    "DOUBLE": ("float64", "double_val"),
    "INT32": ("int32", "int_val"),
    "UINT8": ("uint8", "int_val"),
    "INT16": ("int16", "int_val"),
    "INT8": ("int8", "int_val"),
    "UINT16": ("uint16", "int_val"),
    "INT64": ("int64", "int64_val"),
    "BOOL": ("bool", "bool_val"),
    "UINT32": ("uint32", "uint32_val"),
    "UINT64": ("uint64", "uint64_val"),
    "HALF": ("float16", "half_val"),
    "COMPLEX64": ("complex64", "scomplex_val"),
    "COMPLEX128": ("complex128", "dcomplex_val"),
}
STRING = DATA_TYPES.index("STRING")
BFLOAT16 = DATA_TYPES.index("BFLOAT16")
_FIELDS = {DATA_TYPES.index(name): kind for name, kind in _KINDS.items()}
_NUMBERS = {np.dtype(dtype): DATA_TYPES.index(name) for name, (dtype, _) in _KINDS.items()}
_HALVES = ("float16", "bfloat16")


@cache
def _bfloat16() -> np.dtype[Any] | None:
    """numpy's form of bfloat16, which a package of its own has; it comes with TensorFlow. None without it."""
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        return None
    found: np.dtype[Any] = np.dtype(bfloat16)
    return found


def data_type(array: Array) -> int:
    """Returns the number of an array's data type.

    Args:
        array: of any shape; bytes, text and objects count as DT_STRING.

    Raises:
        WireError: TensorFlow has no such dtype.
    """
    if array.dtype.kind in "SUO":
        return STRING
    number = _number(array.dtype)
    if number is None:
        raise WireError(f"tensor: expected a dtype that TensorFlow has. Received: {array.dtype}")
    return number


@lru_cache(maxsize=64)
def _number(dtype: np.dtype[Any]) -> int | None:
    """The number of a dtype of numbers. Kept, because numpy makes a dtype's name anew each time it is asked."""
    return BFLOAT16 if dtype.name == "bfloat16" else _NUMBERS.get(dtype)


@lru_cache(maxsize=64)
def _is_half(dtype: np.dtype[Any]) -> bool:
    """Whether the bits of a dtype travel as whole numbers in `half_val`."""
    return dtype.name in _HALVES


def type_name(number: int) -> str:
    """Returns the data type's name as TensorFlow prints it: `float`, `string`, `uint8`."""
    return DATA_TYPES[number].lower() if 0 <= number < len(DATA_TYPES) else f"data type {number}"


def dtype_of(number: int) -> np.dtype[Any] | None:
    """Returns the numpy dtype of a data type's number: object for strings, None where numpy has none.

    That of bfloat16 is there where the package ml_dtypes is.
    """
    if number == STRING:
        return np.dtype(object)
    if number == BFLOAT16:
        return _bfloat16()
    return np.dtype(_FIELDS[number][0]) if number in _FIELDS else None


def to_tensor(array: Array | bytes | list[bytes], *, content: bool = True) -> TensorProto:
    """Packs an array into a message.

    Args:
        array: any shape, any dtype that TensorFlow has. Bytes (shape `()`) and a list of N bytes (shape `(N,)`) make
            a tensor of strings.
        content: whether numbers travel as raw `tensor_content`, which is fast, or in the typed field, as TensorFlow
            Serving answers. Strings always travel in their field.

    Raises:
        WireError: TensorFlow has no such dtype, or an object is neither bytes nor text.
    """
    tensor = TensorProto()
    pack(array, tensor, content=content)
    return tensor


def pack(array: Array | bytes | list[bytes], tensor: TensorProto, *, content: bool = True) -> None:
    """Packs an array into a message that is empty and is part of another one: no picture is copied twice.

    Raises:
        WireError: see `to_tensor`.
    """
    if isinstance(array, list):  # pictures, mostly
        tensor.dtype = STRING
        tensor.tensor_shape.dim.add(size=len(array))
        tensor.string_val.extend(map(_as_bytes, array))
        return
    if isinstance(array, bytes):
        array = np.array(array, dtype=object)
    tensor.dtype = data_type(array)
    tensor.tensor_shape.SetInParent()  # a scalar's shape is empty, but it is there
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    if tensor.dtype == STRING:
        tensor.string_val.extend(_as_bytes(value) for value in array.ravel())
    elif content:
        tensor.tensor_content = np.ascontiguousarray(array).tobytes()
    else:
        _fill_typed_field(tensor, array.ravel())


def to_array(tensor: TensorProto, name: str = "tensor") -> Array:
    """Unpacks a message into an array.

    It reads as TensorFlow does. The last value of a typed field fills the rest of the shape. No value at all fills it
    with zeros or empty strings. Values beyond the shape are left out.

    Args:
        tensor: of any shape and of a data type that numpy knows.
        name: of the tensor, for error messages.

    Returns:
        An array of the tensor's shape and dtype, perhaps read-only; strings are an object array of bytes.

    Raises:
        WireError: the message contradicts itself, in TensorFlow Serving's words.
    """
    shape = tuple(dim.size for dim in tensor.tensor_shape.dim)
    count = math.prod(shape)
    impossible = len(shape) > MAX_RANK or any(size < 0 for size in shape) or math.prod(filter(None, shape)) > MAX_SIZE
    if tensor.tensor_shape.unknown_rank or impossible:
        raise WireError(f"tensor parsing error: {name}")
    values = _values(tensor, name)
    if values.size == count:
        return values.reshape(shape)
    # What a short message expands to is bounded; without that, twenty bytes could ask for a terabyte.
    if (tensor.tensor_content and count) or (values.size < count and count > MAX_FILLED):
        raise WireError(f"tensor parsing error: {name}")
    if values.size > count:
        return values[:count].reshape(shape)
    filled = np.full(count, values[-1] if values.size else _zero(values.dtype), dtype=values.dtype)
    filled[: values.size] = values
    return filled.reshape(shape)


MAX_RANK = 64
MAX_SIZE = ((1 << 63) - 1) // 16
"""What numpy can state: dimensions, and values of at most 16 bytes in an array, even in an empty one."""
MAX_FILLED = 1 << 26
"""Values that a short message may expand to."""


def _zero(dtype: np.dtype[Any]) -> Any:
    return b"" if dtype.kind == "O" else dtype.type(0)


def _values(tensor: TensorProto, name: str) -> Array:
    if tensor.dtype == STRING:
        texts = _packed_texts(tensor, name) if tensor.tensor_content else tensor.string_val
        return np.array([*texts, None], dtype=object)[:-1]
    dtype, field = _dtype_and_field(tensor.dtype, name)
    if tensor.tensor_content:
        if len(tensor.tensor_content) % dtype.itemsize:
            raise WireError(f"tensor parsing error: {name}")
        if dtype.name == "bool" and not set(tensor.tensor_content) <= {0, 1}:
            raise WireError(f"tensor parsing error: {name}")
        return np.frombuffer(tensor.tensor_content, dtype)
    if _is_half(dtype):
        return np.array(tensor.half_val, np.int64).astype(np.uint16).view(dtype)
    if dtype.kind == "c":
        parts = np.array(getattr(tensor, field), np.float32 if dtype.name == "complex64" else np.float64)
        return parts[: len(parts) // 2 * 2].view(dtype)
    return np.array(getattr(tensor, field), np.int64 if field == "int_val" else dtype).astype(dtype)


def _dtype_and_field(number: int, name: str) -> tuple[np.dtype[Any], str]:
    """The dtype of a tensor, and the field that its values may be in."""
    if number == BFLOAT16:
        dtype = _bfloat16()
        if dtype is None:
            raise WireError(
                f"tensor {name}: is of bfloat16, which numpy knows with the package ml_dtypes only",
                hint="pip install ml_dtypes; it comes with TensorFlow",
            )
        return dtype, "half_val"
    if number not in _FIELDS:
        raise WireError(f"tensor parsing error: {name}")
    dtype_name, field = _FIELDS[number]
    return np.dtype(dtype_name), field


def _packed_texts(tensor: TensorProto, name: str) -> list[bytes]:
    """Strings in `tensor_content`: the length of each as a protobuf number, then all of them one behind the other."""
    content = tensor.tensor_content
    sizes: list[int] = []
    at = 0
    for _ in range(math.prod(dim.size for dim in tensor.tensor_shape.dim)):
        size, shift = 0, 0
        while at < len(content) and shift < 35:
            size |= (content[at] & 0x7F) << shift
            shift += 7
            at += 1
            if content[at - 1] < 0x80:
                break
        else:
            raise WireError(f"tensor parsing error: {name}")
        sizes.append(size)
    if at + sum(sizes) != len(content):
        raise WireError(f"tensor parsing error: {name}")
    ends = list(accumulate(sizes, initial=at))
    return [content[start:end] for start, end in pairwise(ends)]


def _fill_typed_field(tensor: TensorProto, flat: Array) -> None:
    if _is_half(flat.dtype):
        tensor.half_val.extend(flat.view(np.uint16).tolist())
        return
    _, field = _FIELDS[tensor.dtype]
    if flat.dtype.kind == "c":
        getattr(tensor, field).extend(flat.view(flat.real.dtype).tolist())
    else:
        getattr(tensor, field).extend(flat.tolist())


def _as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    raise WireError(f"tensor: expected bytes or text. Received: {type(value).__name__}")
