"""JSON as TensorFlow Serving's REST API reads it.

It takes more than the standard allows: NaN, Infinity, -Infinity and Inf, anything after the first value, and any
depth of lists in a key that nobody looks at. Ordinary documents are read by orjson; what it refuses is read again
by the reader below, which keeps no call stack, so that a deep document cannot end the process.
"""

import itertools
import json
import math
import re
from typing import Any, NoReturn

import orjson

from aoi_modules.errors import RpcError
from aoi_modules.wire.status import invalid

MAX_NESTING = 1_000_000
"""Lists and objects inside one another; with no bound, a small body could fill the memory."""
MAX_QUOTED = 256
"""Characters of a document that an error message repeats."""

_SPACES = " \t\n\r"
_SPACE = re.compile(rf"[{_SPACES}]*")
_STRING = re.compile(r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"true|false|null|NaN|-?Inf(?:inity)?")
_WORDS = {
    "true": True, "false": False, "null": None, "NaN": math.nan,
    "Infinity": math.inf, "Inf": math.inf, "-Infinity": -math.inf, "-Inf": -math.inf,
}  # fmt: skip


def parse(body: bytes) -> Any:
    """Reads the first JSON value of a body. Bytes that are not UTF-8 become lone surrogates.

    Raises:
        RpcError: INVALID_ARGUMENT; says what is wrong and at which character.
    """
    if not body.strip():
        raise invalid("JSON Parse error: The document is empty. at offset: 0")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _Reader(body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")).document()


def parse_object(body: bytes) -> dict[str, Any]:
    """Reads a body whose first value must be an object.

    Raises:
        RpcError: INVALID_ARGUMENT; it is none, or no JSON.
    """
    document = parse(body)
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {quote(document)} Is not object")
    return document


def quote(value: Any) -> str:
    """The beginning of a value as JSON text, for error messages."""
    text = "".join(itertools.islice(_characters(value), MAX_QUOTED + 1))
    return text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "..."


def type_name(value: Any) -> str:
    """The JSON type of a value, in the server's words."""
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


class _Reader:
    """Reads one document. What is open lies on a list, not on the call stack."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._open: list[tuple[list[Any] | dict[str, Any], str]] = []

    def document(self) -> Any:
        while True:
            value = self._value_or_opening()
            if value is _OPENED:
                continue
            value = self._close_finished(value)
            if not self._open:
                return value

    def _value_or_opening(self) -> Any:
        """A scalar or an empty container; or `_OPENED`, after which the first item is expected."""
        character = self._peek()
        if character in "[{":
            self._position += 1
            if len(self._open) >= MAX_NESTING:
                self._fail(f"More than {MAX_NESTING} lists and objects inside one another.")
            container: list[Any] | dict[str, Any] = [] if character == "[" else {}
            if self._peek() == ("]" if character == "[" else "}"):
                self._position += 1
                return container
            self._open.append((container, self._key() if isinstance(container, dict) else ""))
            return _OPENED
        return self._string() if character == '"' else self._scalar()

    def _close_finished(self, value: Any) -> Any:
        """Puts a value where it belongs, and closes what ends after it."""
        while self._open:
            container, key = self._open[-1]
            if isinstance(container, dict):
                container.setdefault(key, value)  # of two equal keys, the original finds the first
            else:
                container.append(value)
            character = self._peek()
            self._position += 1
            if character == ",":
                if isinstance(container, dict):
                    self._open[-1] = (container, self._key())
                break
            if character != ("}" if isinstance(container, dict) else "]"):
                self._position -= 1
                what = "} after an object member" if isinstance(container, dict) else "] after an array element"
                self._fail(f"Missing a comma or {what}.")
            self._open.pop()
            value = container
        return value

    def _key(self) -> str:
        if self._peek() != '"':
            self._fail("Missing a name for object member.")
        key = self._string()
        if self._peek() != ":":
            self._fail("Missing a colon after a name of object member.")
        self._position += 1
        return key

    def _string(self) -> str:
        match = _STRING.match(self._text, self._position)
        if match is None:
            self._fail("Missing a closing quotation mark in string.")
        try:
            text: str = json.loads(match[0]) if "\\" in match[1] else match[1]
        except json.JSONDecodeError:
            self._fail("Invalid escape character in string.")
        self._position = match.end()
        return text

    def _scalar(self) -> Any:
        if match := _WORD.match(self._text, self._position):
            self._position = match.end()
            return _WORDS[match[0]]
        match = _NUMBER.match(self._text, self._position)
        if match is None:
            self._fail("Invalid value.")
        self._position = match.end()
        if match[1] is None and match[2] is None and len(match[0]) <= 20 and -(1 << 63) <= int(match[0]) < 1 << 64:
            return int(match[0])
        number = float(match[0])
        if math.isinf(number):
            self._fail("Number too big to be stored in double.")
        return number

    def _peek(self) -> str:
        """The next character that is no space; NUL at the end, which equals none that JSON knows."""
        character = self._text[self._position : self._position + 1]
        if character in _SPACES and (match := _SPACE.match(self._text, self._position)):
            self._position = match.end()
            character = self._text[self._position : self._position + 1]
        return character or "\0"

    def _fail(self, text: str) -> NoReturn:
        raise RpcError("INVALID_ARGUMENT", f"JSON Parse error: {text} at offset: {self._position}")


_OPENED = object()
