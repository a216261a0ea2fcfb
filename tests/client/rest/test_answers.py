import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from aoi_modules.client.replies import Signature, TensorSpec, VersionStatus
from aoi_modules.client.rest import answers
from aoi_modules.errors import WireError
from aoi_modules.wire.tensors import Array

shapes = np_st.array_shapes(min_dims=1, max_dims=3, max_side=4)


@settings(deadline=None)
@given(np_st.arrays(np.float32, shapes))
def test_floats_survive_json(array: Array) -> None:
    """As the server prints them: nine digits, NaN and Infinity bare."""
    text = json.dumps({"outputs": {"head": array.astype(float).tolist()}})
    found = answers.scores(answers.parsed(text.encode(), "server")["outputs"])["head"]
    assert found.dtype == np.float32
    assert np.array_equal(found, array, equal_nan=True)


@settings(deadline=None)
@given(np_st.arrays(np.int64, shapes))
def test_integers_stay_integers(array: Array) -> None:
    found = answers.scores({"head": array.tolist()})["head"]
    assert found.dtype == np.int64
    assert np.array_equal(found, array)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=4))
def test_bytes_survive_base64(values: list[bytes]) -> None:
    as_json: Any = answers.as_base64(values)
    assert [base64.b64decode(entry["b64"]) for entry in as_json] == values
    found = answers.scores({"text": as_json})["text"]
    assert found.tolist() == values


def test_text_comes_as_bytes() -> None:
    assert answers.scores({"json": "grün"})["json"].item() == "grün".encode()


@pytest.mark.parametrize("value", [[[1.0], [1.0, 2.0]], [None], [{"a": 1}], ["text", 1]])
def test_what_is_no_array_is_refused(value: object) -> None:
    with pytest.raises(WireError):
        answers.scores({"head": value})


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1]", b"\xff", b'"text"'])
def test_an_answer_that_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(WireError, match=r"server: expected (a )?JSON"):
        answers.parsed(content, "server")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(WireError, match=r"expected a field 'metadata\.signature_def'"):
        answers.field({"metadata": {}}, "metadata", "signature_def")


def test_which_outputs_have_lost_their_name() -> None:
    assert answers.is_nameless([[0.5]])
    assert answers.is_nameless({"b64": "AA=="})
    assert not answers.is_nameless({"defect": [[0.5]]})


def test_refusals() -> None:
    assert answers.words(b'{"error": "Servable not found"}', 404) == "Servable not found"
    assert answers.words(b"<html>Not Found</html>", 404) == "HTTP status 404: <html>Not Found</html>"
    assert answers.code_of(404) == "NOT_FOUND"
    assert answers.code_of(400) == "INVALID_ARGUMENT"
    assert answers.code_of(418) == "UNKNOWN"


def test_status_newest_first() -> None:
    ok = {"error_code": "OK", "error_message": ""}
    answer = {"model_version_status": [
        {"version": "9", "state": "AVAILABLE", "status": ok}, {"version": "10", "state": "LOADING", "status": ok},
    ]}  # fmt: skip
    assert answers.version_statuses(answer) == [
        VersionStatus(10, "LOADING", "OK", ""),
        VersionStatus(9, "AVAILABLE", "OK", ""),
    ]


def test_signatures() -> None:
    info = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}, {"size": "3"}], "unknown_rank": False}}
    free = {"dtype": "DT_STRING", "tensor_shape": {"dim": [], "unknown_rank": True}}
    entry = {"inputs": {"image": free}, "outputs": {"defect": info}}
    answer = {"metadata": {"signature_def": {"signature_def": {"serving_default": entry}}}}
    assert answers.signatures(answer) == {
        "serving_default": Signature({"image": TensorSpec("string", None)}, {"defect": TensorSpec("float", (None, 3))})
    }
