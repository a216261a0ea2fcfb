"""Arrays as JSON text: lists inside lists, each value as TensorFlow Serving writes it."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import orjson

from aoi_modules.wire import float_texts
from aoi_modules.wire.json_arrays import BASE64_KEY
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array

BYTES_SUFFIX = "_bytes"
"""The ending of the names of outputs that hold bytes, not text; they are answered as base64."""
FEW = 48
"""So many floats are written sooner one by one than together."""

Shape = tuple[int, ...]
_Write: TypeAlias = Callable[[Array], bytes]


def text(array: Array, name: str) -> bytes:
    """Writes an array as JSON.

    Args:
        array: any shape; integers, bool, float32, float64, or bytes.
        name: of the output; its ending decides whether strings are answered as text or as base64.

    Raises:
        RpcError: INVALID_ARGUMENT the dtype has no JSON form.
    """
    if array.dtype.kind in "SO":
        return _nested(_string_texts(array, name), array.shape)
    if not array.size:
        return _nested([], array.shape)
    return _writer(array)(array)


def rows(array: Array, name: str) -> list[bytes]:
    """Writes each item along the first axis of an array, (N, ...), as JSON; see `text`."""
    shape = array.shape[1:]
    if array.dtype.kind in "SO" or not array.size:
        texts = _string_texts(array, name) if array.size else []
        return _items(texts, len(array), shape)
    opening, closing = b"[" * len(shape), b"]" * len(shape)
    inner = text(array, name)[array.ndim : -array.ndim]
    # No deeper list ends and begins with so many brackets at once.
    return [opening + item + closing for item in inner.split(closing + b", " + opening)]


def _writer(array: Array) -> _Write:
    """The way to write numbers of a dtype."""
    if array.dtype.name in float_texts.DIGITS:
        return _floats if array.size > FEW else _few_floats
    if array.dtype.kind in "iub":
        return _whole_numbers
    kind = "half" if array.dtype == np.float16 else array.dtype.name
    raise invalid(f"Failed to write JSON value for tensor type: {kind}")


def _whole_numbers(array: Array) -> bytes:
    """Integers, and true and false."""
    if not array.ndim:
        return orjson.dumps(array.item())
    return orjson.dumps(np.ascontiguousarray(array), option=orjson.OPT_SERIALIZE_NUMPY).replace(b",", b", ")


def _few_floats(array: Array) -> bytes:
    texts = [float_texts.text(value, array.dtype.name).encode() for value in array.ravel().tolist()]
    return _nested(texts, array.shape)


def _floats(array: Array) -> bytes:
    """Brackets and commas stand behind the values: how many lists end behind each follows from its place."""
    ends = np.zeros(array.size, np.uint8)
    step = 1
    for size in array.shape[:0:-1]:
        step *= size
        ends[step - 1 :: step] += 1
    separators = [b"]" * count + b", " + b"[" * count for count in range(array.ndim)]
    ends[-1] = array.ndim
    return b"[" * array.ndim + float_texts.joined(array.ravel(), [*separators, b"]" * array.ndim], ends)


def _string_texts(array: Array, name: str) -> list[bytes]:
    as_base64 = name.endswith(BYTES_SUFFIX)
    return [_string_text(value, as_base64=as_base64) for value in array.ravel().tolist()]


def _string_text(value: bytes, *, as_base64: bool) -> bytes:
    if as_base64:
        return f'{{"{BASE64_KEY}": "{base64.b64encode(value).decode()}"}}'.encode()
    characters = value.decode("utf-8", "surrogateescape")
    return json.dumps(characters, ensure_ascii=False).encode("utf-8", "surrogateescape")


def _nested(texts: Sequence[bytes], shape: Shape) -> bytes:
    return b"[" + b", ".join(_items(texts, shape[0], shape[1:])) + b"]" if shape else texts[0]


def _items(texts: Sequence[bytes], count: int, shape: Shape) -> list[bytes]:
    """The texts of so many items of a shape."""
    step = 1
    for size in shape:
        step *= size
    return [_nested(texts[i * step : (i + 1) * step], shape) for i in range(count)]
