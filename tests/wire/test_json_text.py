"""JSON as the REST API reads it: what orjson takes, and what it does not."""

import contextlib
import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.wire import json_text

scalars = st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats() | st.text()
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)


def same(left: object, right: object) -> bool:
    return repr(left) == repr(right)  # NaN equals NaN, 1 is not 1.0


@given(documents, st.sampled_from(["", " trailing", "}"]))
@settings(max_examples=300, deadline=None)
def test_both_readers_read_what_json_writes(document: object, trailing: str) -> None:
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        body = (text + " " + trailing).encode("utf-8", "surrogatepass")
        if b"\xed" in body:
            continue  # a lone surrogate has no UTF-8 form
        assert same(json_text.parse(body), document)
        assert same(json_text._patiently(body), document)


@given(st.text(alphabet='{}[]:,"0123456789.-+eE truefalsnNaIiy\\u\n\x00', max_size=30))
@settings(max_examples=500, deadline=None)
def test_anything_is_read_or_refused_and_never_otherwise(text: str) -> None:
    with contextlib.suppress(RpcError):
        json_text.quote(json_text.parse(text.encode()))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NaN", math.nan),
        ("[Infinity, -Infinity, Inf, -Inf]", [math.inf, -math.inf, math.inf, -math.inf]),
        ('{"a": 1} trailing', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('[NaN, "\\u00e4\\n"]', [math.nan, "ä\n"]),
        ("[NaN, 18446744073709551615, -9223372036854775808]", [math.nan, (1 << 64) - 1, -(1 << 63)]),
        ("[NaN, 18446744073709551616]", [math.nan, 18446744073709551616.0]),
        ("[NaN, -9223372036854775809]", [math.nan, -9223372036854775808.0]),
        ("[NaN, 123456789012345678901234]", [math.nan, 1.2345678901234568e23]),
        ("[NaN, 1.0, 1, -0.0, 2e3]", [math.nan, 1.0, 1, -0.0, 2000.0]),
        ('[NaN, [], {}, {"a": {"b": []}}]', [math.nan, [], {}, {"a": {"b": []}}]),
    ],
)
def test_more_than_the_standard_is_read(text: str, value: object) -> None:
    assert same(json_text.parse(text.encode()), value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The document is empty$"),
        (" \n", "The document is empty. at offset: 2"),
        ("instances = [1, 2]", "Invalid value"),
        ('{"instances": [1.0, ', "Invalid value"),
        ("[1 2]", r"Missing a comma or \] after an array element. at offset: 3"),
        ('{"a" 1}', "Missing a colon"),
        ('{"a": 1 "b": 2}', "Missing a comma or } after an object member"),
        ("{1: 2}", "Missing a name for object member"),
        ('{"a": 1,}', "Missing a name for object member"),
        ('["a', "Missing a closing quotation mark"),
        ('["\\x"]', "Invalid escape character"),
        ("[1e400]", "Number too big to be stored in double. at offset: 1"),
        ("[1.]", "Miss fraction part in number. at offset: 3"),
        ('{"a": 1e}', "Miss exponent in number. at offset: 8"),
        ('{"a": 1e+ }', "Miss exponent in number. at offset: 9"),
        ("[-]", "Invalid value. at offset: 1"),
        ("[.5]", "Invalid value. at offset: 1"),
        ("[01]", r"Missing a comma or \] after an array element. at offset: 2"),
        ("[[1], [2 3]]", r"Missing a comma or \] after an array element"),
        ('{"a": [1], "b": 2 "c": 3}', "Missing a comma or } after an object member. at offset: 18"),
        ('{"ä": [1], "b": 2 "c": 3}', "Missing a comma or } after an object member. at offset: 19"),
        ('["]}", {"a" 1}]', "Missing a colon after a name of object member. at offset: 12"),
        ('["\\u12"]', r"Incorrect hex digit after \\u escape in string"),
        ('["\\ud800"]', "The surrogate pair in string is invalid. at offset: 2"),
        ('["\\ud83d\\ude00", "\\udc00"]', "The surrogate pair in string is invalid. at offset: 18"),
        ('["a\nb"]', "Invalid encoding in string"),
        ("[1, nan]", "Invalid value. at offset: 4"),
        ("[", "Invalid value"),
        ("{", "Missing a name for object member"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(RpcError, match=f"JSON Parse error: .*{message}"):
        json_text.parse(text.encode())


def test_depth_does_not_end_the_process() -> None:
    deep = json_text.parse(b"[" * 200_000 + b"]" * 200_000)
    assert json_text.quote(deep) == "[" * json_text.MAX_QUOTED + "..."


def test_depth_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_NESTING", 2000)
    assert json_text.quote(json_text.parse(b"[" * 2000 + b"]" * 2000)).startswith("[[[")
    with pytest.raises(RpcError, match=r"More than 2000 lists and objects inside one another. at offset: 2000$"):
        json_text.parse(b"[" * 2001 + b"]" * 2001)


def test_lists_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_BRACKETS", 100)
    assert json_text.parse(b"[" + b"[]," * 98 + b"{}]") == [[]] * 98 + [{}]
    with pytest.raises(RpcError, match="More than 100 lists and objects"):
        json_text.parse(b"[" + b"[]," * 99 + b"{}]")


@pytest.mark.parametrize("reader", [json_text.parse, json_text._patiently])
def test_of_two_equal_keys_the_last_one_counts(reader: Callable[[bytes], object]) -> None:
    assert reader(b'{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":' * 5000, "Invalid value. at offset: 25000"),
        (b'[{"a":[' * 5000, "Invalid value. at offset: 35000"),
        (b"[" * 5000, "Invalid value. at offset: 5000"),
        (b"[" * 5000 + b"1 2" + b"]" * 5000, r"Missing a comma or \] after an array element. at offset: 5002"),
        (b"[" * 5000 + b"]" * 4000, r"Missing a comma or \] after an array element. at offset: 9000"),
        (b"[" * 5000 + b"]" * 4000 + b"}" * 1000, r"Missing a comma or \] after an array element. at offset: 9000"),
        (b"[" * 5000 + b'"' + b"]" * 5000, "Missing a closing quotation mark in string. at offset: 10001"),
        (b"[1 2," + b"[" * 5000 + b"]" * 5001, r"Missing a comma or \] after an array element. at offset: 3"),
        (b"[1 2," + b"[" * 5000 + b"x" + b"]" * 5001, r"Missing a comma or \] after an array element. at offset: 3"),
    ],
)
def test_what_is_wrong_deep_inside_is_said(text: bytes, message: str) -> None:
    with pytest.raises(RpcError, match=f"JSON Parse error: {message}"):
        json_text.parse(text)


def test_bytes_that_are_no_text_survive() -> None:
    assert json_text.parse(b'["\xff"]') == ["\udcff"]


def test_the_top_level_must_be_an_object() -> None:
    with pytest.raises(RpcError, match=r"JSON Value: \[1.0,2.0\] Is not object"):
        json_text.parse_object(b"[1.0, 2.0]")


def test_long_values_are_quoted_up_to_256_characters() -> None:
    assert json_text.quote([1] * 126 + [22]) == "[" + "1," * 126 + "22]"
    assert json_text.quote([1] * 126 + [222]) == "[" + "1," * 126 + "222..."


@given(documents)
@settings(deadline=None)
def test_short_values_are_quoted_whole(document: object) -> None:
    text = json_text.quote(document)
    if not text.endswith("..."):
        assert same(json.loads(text), document)
