import base64
import json
from typing import Any

import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.rest.requests import model_url, predict_body
from aoi_modules.errors import WireError


def test_addresses() -> None:
    assert model_url(Endpoint("http://h:1", "til e")) == "http://h:1/v1/models/til%20e"
    assert model_url(Endpoint("http://h:1", "tile", version=3)) == "http://h:1/v1/models/tile/versions/3"
    assert model_url(Endpoint("http://h:1", "tile", label="stable")) == "http://h:1/v1/models/tile/labels/stable"


def test_pictures_and_numbers() -> None:
    body = json.loads(predict_body({"image": [b"\xff\x00"], "features": np.eye(2, dtype=np.float32).T}, "s"))
    assert body == {
        "signature_name": "s",
        "inputs": {"image": [{"b64": base64.b64encode(b"\xff\x00").decode()}], "features": [[1.0, 0.0], [0.0, 1.0]]},
    }


def test_numbers_that_json_has_not_are_written_as_the_server_reads_them() -> None:
    body = predict_body({"x": np.array([[np.nan, np.inf, -np.inf, 0.5]], np.float32)}, "s")
    assert b"[[NaN, Infinity, -Infinity, 0.5]]" in body


def test_an_array_of_bytes_keeps_its_form() -> None:
    body = json.loads(predict_body({"x": np.array([[b"a"], [b"b"]], object)}, "s"))
    assert body["inputs"]["x"] == [[{"b64": "YQ=="}], [{"b64": "Yg=="}]]


def test_arrays_go_whatever_the_order_of_their_bytes() -> None:
    assert json.loads(predict_body({"x": np.array([1.5, 2], ">f4")}, "s"))["inputs"]["x"] == [1.5, 2.0]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"picture", "input x: expected an array, or a list of bytes"),
        (np.array([1j]), "input x: JSON has no form for complex128"),
    ],
)
def test_inputs_that_cannot_go_are_named(value: Any, words: str) -> None:
    with pytest.raises(WireError, match=words):
        predict_body({"x": value}, "s")
