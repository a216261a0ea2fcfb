"""JSON values as arrays of a signature's dtype.

Lists are read level by level, without a Python loop over their values. Only a value that does not fit is looked at
one by one, to say in TensorFlow Serving's words what is wrong with it.
"""

import base64
import binascii
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from aoi_modules.errors import RpcError
from aoi_modules.wire import tensors
from aoi_modules.wire.json_text import quote, type_name
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import MAX_RANK, Array

BASE64_KEY = "b64"

Shape = tuple[int, ...]


def is_base64(value: Any) -> bool:
    """Tells whether a value is `{"b64": "..."}`, which is how JSON carries bytes."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get(BASE64_KEY), str)


def to_array(value: Any, data_type: int) -> Array:
    """Reads a scalar, or lists inside lists, as one array.

    Args:
        value: parsed JSON.
        data_type: number of the data type that the signature states.

    Returns:
        An array of that dtype, strings as an object array of bytes; its shape is that of the lists.

    Raises:
        RpcError: INVALID_ARGUMENT the lists are uneven, or a value is of another type; UNIMPLEMENTED the data type
            has no JSON form.
    """
    uniform = _leaves(value)
    if uniform is not None:
        leaves, shape = uniform
        array = _fast(leaves, data_type)
        if array is not None:
            return array.reshape(shape)
    shape = shape_of(value)
    exact = [_convert(leaf, data_type) for leaf in _checked_leaves(value, 0, shape)]
    return _packed(exact, data_type).reshape(shape)


def shape_of(value: Any) -> Shape:
    """Returns the shape that the first item of each list promises; whether the others keep to it is not looked at.

    Raises:
        RpcError: INVALID_ARGUMENT; the lists are deeper than MAX_RANK.
    """
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        if len(shape) > MAX_RANK:
            raise invalid(f"JSON Value: {quote(value)} has more than {MAX_RANK} levels of lists")
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _leaves(value: Any) -> tuple[list[Any], Shape] | None:
    """All values in order, and the shape of their lists; None if the lists are uneven."""
    level: list[Any] = [value]
    shape: Shape = ()
    while level and type(level[0]) is list:
        lengths = {len(item) if type(item) is list else -1 for item in level}
        if len(lengths) != 1 or len(shape) == MAX_RANK:
            return None
        shape = (*shape, len(level[0]))
        level = list(chain.from_iterable(level))
    return None if any(type(item) is list for item in level) else (level, shape)


# The types of parsed JSON that a data type takes, and the smallest and greatest value of an integer type.
_FLOATS = {"float32", "float64"}
_INTS = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}


def _fast(leaves: list[Any], data_type: int) -> Array | None:
    """The values as one array; None if one of them does not fit."""
    kinds = set(map(type, leaves))
    dtype = _dtype(data_type)
    if data_type == tensors.STRING:
        return _packed([leaf.encode() for leaf in leaves], data_type) if kinds <= {str} and _plain(leaves) else None
    if dtype in _FLOATS:
        return _packed(leaves, data_type) if kinds <= {int, float} else None
    if dtype in _INTS and kinds <= {int}:
        limits = np.iinfo(dtype)
        fits = not leaves or (limits.min <= min(leaves) and max(leaves) <= limits.max)
        return _packed(leaves, data_type) if fits else None
    return _packed(leaves, data_type) if dtype == "bool" and kinds <= {bool} else None


def _plain(leaves: list[str]) -> bool:
    """Whether no text holds half a surrogate pair, which has no UTF-8 form."""
    try:
        "".join(leaves).encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_leaves(value: Any, level: int, shape: Shape) -> Iterator[Any]:
    """The values in order.

    Raises:
        RpcError: a list has another length or depth than the first of its level.
    """
    if not isinstance(value, list):
        if level != len(shape):
            raise invalid(
                f"JSON Value: {quote(value)} found at incorrect level: {level + 1} in the JSON DOM. "
                f"Expected at level: {len(shape)}"
            )
        yield value
        return
    if level >= len(shape):
        raise invalid(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        raise invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level} expected size: {shape[level]}"
        )
    for item in value:
        yield from _checked_leaves(item, level + 1, shape)


def _convert(leaf: Any, data_type: int) -> Any:
    """One value as the data type wants it.

    Raises:
        RpcError: it is of another type.
    """
    if data_type == tensors.STRING and isinstance(leaf, dict | str):
        return to_bytes(leaf)
    if _dtype(data_type) not in {*_FLOATS, *_INTS, "bool", "object"} and not isinstance(leaf, dict):
        raise RpcError(
            "UNIMPLEMENTED", f"Conversion of JSON Value: {quote(leaf)} to type: {tensors.type_name(data_type)}"
        )
    if data_type == tensors.STRING or _fast([leaf], data_type) is None:
        raise invalid(
            f"JSON Value: {quote(leaf)} Type: {type_name(leaf)} is not of expected type: {tensors.type_name(data_type)}"
        )
    return leaf


def _packed(values: list[Any], data_type: int) -> Array:
    """A flat array. A number too great for float32 becomes infinite, as in the original."""
    if data_type == tensors.STRING:
        return np.array([*values, None], dtype=object)[:-1]
    with np.errstate(over="ignore", under="ignore"):
        return np.array(values, dtype=_dtype(data_type))


def _dtype(data_type: int) -> str:
    dtype = tensors.dtype_of(data_type)
    return "" if dtype is None else dtype.name


def to_bytes(value: str | dict[str, Any]) -> bytes:
    """The bytes that a JSON string, or `{"b64": "..."}`, stands for.

    Raises:
        RpcError: INVALID_ARGUMENT, it is no base64, or no text.
    """
    return _encoded(value) if isinstance(value, str) else _decode_base64(value)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise invalid(f"JSON Value: {quote(text)} has half a surrogate pair, which is no character") from None


def _decode_base64(value: dict[str, Any]) -> bytes:
    if not is_base64(value):
        raise invalid(f"JSON Value: {quote(value)} not formatted correctly for base64 data")
    text = "".join(value[BASE64_KEY].split())
    padding = "" if "=" in text else "=" * (-len(text) % 4)  # none is as good as the right one
    try:
        return base64.b64decode(text + padding, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Unable to base64 decode") from None
