"""The bodies of :predict in both forms."""

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.wire import rest_predict
from aoi_modules.wire.messages import SignatureDef, TensorInfo
from aoi_modules.wire.rest_predict import Form
from aoi_modules.wire.schema import DATA_TYPES


def infos(**kinds: str) -> dict[str, TensorInfo]:
    return {name: TensorInfo(name=f"{name}:0", dtype=DATA_TYPES.index(kind)) for name, kind in kinds.items()}


ONE = infos(x="INT32")
TWO = infos(a="INT32", b="STRING")
TEXT = infos(x="STRING")


@pytest.mark.parametrize(
    ("document", "form", "values"),
    [
        ({"instances": [[1, 2], [3, 4]]}, Form.ROW, [[1, 2], [3, 4]]),
        ({"instances": [{"x": 1}, {"x": 2}]}, Form.ROW, [1, 2]),
        ({"inputs": [[1, 2]]}, Form.COLUMNAR, [[1, 2]]),
        ({"inputs": {"x": [1], "unused": {"y": 3}}}, Form.COLUMNAR, [1]),
        ({"inputs": 7}, Form.COLUMNAR, 7),
        ({"inputs": []}, Form.COLUMNAR, []),
    ],
)
def test_one_input(document: dict[str, Any], form: Form, values: Any) -> None:
    got, arrays = rest_predict.request_arrays(document, ONE)
    assert got is form
    assert {name: array.tolist() for name, array in arrays.items()} == {"x": values}


@pytest.mark.parametrize(
    "document",
    [
        {"instances": [{"a": 1, "b": "u"}, {"b": {"b64": "dg=="}, "a": 2}]},
        {"inputs": {"a": [1, 2], "b": ["u", "v"]}},
    ],
)
def test_two_inputs(document: dict[str, Any]) -> None:
    _, arrays = rest_predict.request_arrays(document, TWO)
    assert {name: array.tolist() for name, array in arrays.items()} == {"a": [1, 2], "b": [b"u", b"v"]}


def test_a_base64_object_is_a_value_in_both_forms() -> None:
    for document in ({"instances": [{"b64": "aGk="}]}, {"inputs": [{"b64": "aGk="}]}):
        assert rest_predict.request_arrays(document, TEXT)[1]["x"].tolist() == [b"hi"]


def test_a_signature_without_inputs() -> None:
    assert rest_predict.request_arrays({"inputs": {}}, {}) == (Form.COLUMNAR, {})


@pytest.mark.parametrize(
    ("document", "signature", "message"),
    [
        ({}, ONE, "Missing 'inputs' or 'instances' key"),
        ({"inputs": [], "instances": []}, ONE, "Not formatted correctly expecting only one of"),
        ({"instances": 1}, ONE, "Expecting 'instances' to be an list/array"),
        ({"instances": []}, ONE, "No values in 'instances' array"),
        ({"instances": [{"wrong": 1}]}, ONE, "does not have named input: wrong"),
        ({"instances": [{}]}, ONE, "keys must be equal to: x"),
        ({"instances": [{"a": 1, "b": "u"}, {"a": 1}]}, TWO, "Failed to process element: 1 of 'instances' list."),
        ({"instances": [{"a": 1}]}, TWO, "keys must be equal to: a,b"),
        ({"instances": [1, 2]}, TWO, "instances is a plain list, but expecting list of objects"),
        ({"inputs": [1]}, TWO, "inputs is a plain value/list, but expecting an object"),
        ({"inputs": {"a": [1]}}, TWO, "Missing named input: b in 'inputs' object."),
        ({"instances": [{"x": 1}, [1]]}, ONE, "Expecting object but got list at item 1"),
        ({"instances": [["u"], {"x": ["v"]}]}, TEXT, "Expecting value/list but got object at item 1"),
        ({"instances": [[1, 2], [3]]}, ONE, "Expecting tensor size: 2 but got: 1"),
        ({"instances": [[1, 2], [[3, 4]]]}, ONE, "Expecting shape [2] but got: [1,2]"),
        ({"instances": [1, [1]]}, ONE, "Expecting shape [] but got: [1]"),
        ({"instances": [{"x": 1}, {"x": 1.5}]}, ONE, "Failed to process element: 1 key: x of 'instances' list. Error:"),
        ({"instances": [1]}, {}, "the signature has no input"),
        ({"instances": [{"b64": "aGk="}]}, {}, "the signature has no input"),
    ],
)
def test_what_does_not_fit_is_said(document: dict[str, Any], signature: rest_predict.Infos, message: str) -> None:
    with pytest.raises(RpcError) as caught:
        rest_predict.request_arrays(document, signature)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert message in caught.value.message


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just({"b64": "aGk="}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "x"]), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(["instances", "inputs"]), values, st.sampled_from([ONE, TWO, TEXT, {}]))
def test_any_value_is_read_or_refused(key: str, value: Any, signature: rest_predict.Infos) -> None:
    with contextlib.suppress(RpcError):
        _, arrays = rest_predict.request_arrays({key: value}, signature)
        assert arrays.keys() == signature.keys()


def test_signature_name() -> None:
    assert rest_predict.signature_name({"signature_name": "pixels"}) == "pixels"
    assert rest_predict.signature_name({}) == ""
    with pytest.raises(RpcError, match="'signature_name' key must be a string value"):
        rest_predict.signature_name({"signature_name": 100})


def answer(form: Form, **outputs: Any) -> Any:
    return json.loads(rest_predict.answer_body(outputs, form))


def test_row_answers() -> None:
    a, b = np.array([[1, 2], [3, 4]], np.int32), np.array([b"u", b"v"], dtype=object)
    assert answer(Form.ROW, a=a) == {"predictions": [[1, 2], [3, 4]]}
    assert answer(Form.ROW, a=a, b=b) == {"predictions": [{"a": [1, 2], "b": "u"}, {"a": [3, 4], "b": "v"}]}
    assert answer(Form.ROW, a=np.zeros((0, 3), np.float32)) == {"predictions": []}


def test_columnar_answers() -> None:
    a, b = np.array(3.0, np.float32), np.zeros((2, 0), np.int64)
    assert answer(Form.COLUMNAR, a=a) == {"outputs": 3.0}
    assert answer(Form.COLUMNAR, a=a, b=b) == {"outputs": {"a": 3.0, "b": [[], []]}}


def test_rows_need_a_common_batch() -> None:
    with pytest.raises(RpcError, match="has no shape information"):
        answer(Form.ROW, a=np.array(1))
    with pytest.raises(RpcError, match="inconsistent batch size: 3 expecting: 2"):
        answer(Form.ROW, a=np.zeros(2), b=np.zeros(3))
    with pytest.raises(RpcError, match="empty tensor map"):
        answer(Form.COLUMNAR)


@pytest.mark.parametrize("document", [{"instances": [{"\udca7": 1}]}, {"inputs": {"\udca7": 1}}])
def test_names_that_are_not_utf8_are_refused(document: Any) -> None:
    with pytest.raises(RpcError, match="named input"):
        rest_predict.request_arrays(document, SignatureDef(inputs=infos(x="FLOAT")).inputs)
