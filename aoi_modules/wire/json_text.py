"""JSON as TensorFlow Serving's REST API reads it.

It takes more than the standard allows: NaN, Infinity, -Infinity and Inf, anything after the first value, and any
depth of lists in a key that nobody looks at. Ordinary documents are read by orjson; what it refuses is read again by
Python's reader, in flat layers, so that a deep document cannot end the process. Error messages are the original's.
Of two equal keys of an object the last one counts.
"""

import itertools
import json
import math
import re
from typing import Any, NoReturn

import orjson

from aoi_modules.wire.json_layers import Layer, brackets, layers
from aoi_modules.wire.status import invalid

MAX_NESTING = 1_000_000
"""Lists and objects inside one another."""
MAX_BRACKETS = 10_000_000
"""Lists and objects of one document; each takes up to 100 bytes of memory, and only two of the body."""
MAX_QUOTED = 256
"""Characters of a document that an error message repeats."""

_SPACE = re.compile(rb"[ \t\n\r]*")
_INF = re.compile(rb"Inf(?!inity)")
_STRING_OR_INF = re.compile(rb'"(?:[^"\\]|\\.)*"|Inf(?:inity)?', re.DOTALL)
# Numbers that may be too great for 64 bits or for a double, and escapes of half characters, are looked at one by one.
_GREAT_NUMBER = re.compile(r"[0-9]{19}|[eE]\+?[0-9]{3}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(r"\\(?:(u[dD][89abAB]..(\\u[dD][c-fC-F]..)?|u[dD][c-fC-F])|.)", re.DOTALL)
_AFTER_DIGIT = re.compile(r"(?<=[0-9])(?:(\.)|[eE][+-]?)")


def parse(body: bytes) -> Any:
    """Reads the first JSON value of a body; what stands behind it does not matter.

    Bytes that are not UTF-8 become lone surrogates.

    Raises:
        RpcError: INVALID_ARGUMENT; says what is wrong and at which byte.
    """
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    if body.isspace():
        _fail("The document is empty.", len(body))
    if body.count(b"[") + body.count(b"{") > MAX_BRACKETS:
        raise invalid(f"JSON Parse error: More than {MAX_BRACKETS} lists and objects. at offset: 0")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _patiently(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """Reads the first JSON value of a body, which must be an object.

    Raises:
        RpcError: INVALID_ARGUMENT; the value is no object, or the body is no JSON.
    """
    document = parse(body)
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {quote(document)} Is not object")
    return document


def quote(value: Any) -> str:
    """Returns a value as JSON text for error messages; at most MAX_QUOTED characters of it."""
    text = "".join(itertools.islice(_characters(value), MAX_QUOTED + 1))
    return text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "..."


def type_name(value: Any) -> str:
    """Returns the JSON type of a value in TensorFlow Serving's words; for a boolean, which it is."""
    names = {bool: str(value), dict: "Object", list: "Array", str: "String", type(None): "Null"}
    return names.get(type(value), "Number")


def _characters(value: Any) -> Any:
    """One character after the other, so that the caller may stop early in a huge or deep value."""
    if isinstance(value, dict):
        for number, (key, item) in enumerate(value.items()):
            yield from f"{',' if number else '{'}{json.dumps(key)}:"
            yield from _characters(item)
        yield from "}" if value else "{}"
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield "," if number else "["
            yield from _characters(item)
        yield from "]" if value else "[]"
    elif isinstance(value, str):
        yield from json.dumps(value[:MAX_QUOTED])
    else:
        yield from json.dumps(value)


class _Wrong(Exception):
    """What is wrong with a flat document, and at which byte."""

    def __init__(self, text: str, position: int) -> None:
        super().__init__(text)
        self.text = text
        self.position = position


def _patiently(body: bytes) -> Any:
    """Reads what orjson refuses: a document that is wrong, deep, or more than the standard allows."""
    document = _with_words(body.removeprefix(b"\xef\xbb\xbf"))
    found = brackets(document)
    if found.deepest > MAX_NESTING:
        _fail(f"More than {MAX_NESTING} lists and objects inside one another.", found.first_at(MAX_NESTING + 1))
    value: Any = None
    lowest = len(document) + 1
    wrong: tuple[json.JSONDecodeError | _Wrong, Layer] | None = None
    # What ends too early ends so in every layer; the innermost one, which comes first here, knows what is missing.
    for layer in reversed(list(layers(document, found))):
        try:
            value = _flat(layer.text)
        except (json.JSONDecodeError, _Wrong) as error:
            at = layer.origin(error.position if isinstance(error, _Wrong) else _offset(error.doc, error.pos))
            if wrong is None or at < lowest:
                lowest, wrong = at, (error, layer)
    if wrong is not None:
        first, layer = wrong
        told = first if isinstance(first, _Wrong) else _explained(first, layer.text)
        _fail(told.text, layer.origin(told.position))
    return value


def _fail(text: str, position: int) -> NoReturn:
    raise invalid(f"JSON Parse error: {text} at offset: {position}")


def _with_words(document: bytes) -> bytes:
    """The document with Infinity for Inf, which Python's reader does not know."""
    if not _INF.search(document):
        return document
    return _STRING_OR_INF.sub(lambda match: b"Infinity" if match[0] == b"Inf" else match[0], document)


def _flat(document: bytes) -> Any:
    """Reads a document that is not deep; what follows its first value does not matter.

    Raises:
        JSONDecodeError: it is no JSON.
        _Wrong: nor is this, but Python's reader takes it.
    """
    text = document.decode("utf-8", "surrogateescape")
    decoder = _CAREFUL if _GREAT_NUMBER.search(text) else _PLAIN
    start = len(_SPACE.match(document)[0])  # type: ignore[index]  # it matches nothing, too
    try:
        value, end = decoder.raw_decode(text, start)
    except _TooGreat as number:
        raise _Wrong("Number too big to be stored in double.", document.find(number.digits.encode())) from None
    _check_number(text, end)
    if _SURROGATE.search(text):
        _check_escapes(text[:end])
    return value


class _TooGreat(ArithmeticError):
    """A number beyond all doubles."""

    def __init__(self, digits: str) -> None:
        super().__init__(digits)
        self.digits = digits


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _TooGreat(digits)
    return value


def _integer(digits: str) -> int | float:
    """An integer of 64 bits; a greater one is a double, as in the original."""
    if len(digits) > 20 or not -(1 << 63) <= int(digits) < 1 << 64:
        return _float(digits)
    return int(digits)


_PLAIN = json.JSONDecoder()
_CAREFUL = json.JSONDecoder(parse_float=_float, parse_int=_integer)

# The original's words for those of Python's reader, by their beginning.
_WORDS = {
    "Expecting value": "Invalid value.",
    "Expecting property name": "Missing a name for object member.",
    "Illegal trailing comma before end of object": "Missing a name for object member.",
    "Illegal trailing comma": "Invalid value.",
    "Expecting ':'": "Missing a colon after a name of object member.",
    "Unterminated string": "Missing a closing quotation mark in string.",
    "Invalid control character": "Invalid encoding in string.",
    "Invalid \\uXXXX": "Incorrect hex digit after \\u escape in string.",
    "Invalid \\": "Invalid escape character in string.",
}


def _explained(error: json.JSONDecodeError, document: bytes) -> _Wrong:
    """Python's error in the original's words."""
    text = error.doc
    if not error.msg.startswith("Expecting ','"):
        words = next((ours for theirs, ours in _WORDS.items() if error.msg.startswith(theirs)), "Invalid value.")
        return _Wrong(words, len(document) if "quotation" in words else _offset(text, error.pos))
    try:
        _check_number(text, error.pos)
    except _Wrong as wrong:
        return wrong
    at = _offset(text, error.pos)
    opening = brackets(document).innermost(at)
    is_object = opening is not None and document[opening : opening + 1] == b"{"
    return _Wrong(f"Missing a comma or {'} after an object member' if is_object else '] after an array element'}.", at)


def _check_number(text: str, end: int) -> None:
    """Refuses a number that breaks off behind its point or its e; Python's reader takes what stands before.

    Raises:
        _Wrong: it is one.
    """
    if match := _AFTER_DIGIT.match(text, end):
        what = "fraction part" if match[1] else "exponent"
        raise _Wrong(f"Miss {what} in number.", _offset(text, match.end()))


def _check_escapes(text: str) -> None:
    """Refuses escapes of half a character.

    Raises:
        _Wrong: there is one.
    """
    for match in _ESCAPE.finditer(text):
        if match[1] and not match[2]:
            raise _Wrong("The surrogate pair in string is invalid.", _offset(text, match.start()))


def _offset(text: str, position: int) -> int:
    """A position in characters as one in bytes."""
    return len(text[:position].encode("utf-8", "surrogateescape"))
