"""The REST API on a real server."""

import gzip
import json
from http.client import HTTPConnection
from typing import Any

import grpc
import numpy as np
import pytest

from aoi_modules.serving.doors import rest_body
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.wire import tensors
from tests.serving.calls import http, http_json, predict, predict_request

HALF = "/v1/models/half:predict"
ECHO = "/v1/models/echo:predict"


@pytest.mark.parametrize(
    ("path", "document", "answer"),
    [
        (HALF, {"instances": [2, 4.0]}, {"predictions": [3.0, 4.0]}),
        (HALF, {"inputs": [2.0]}, {"outputs": [3.0]}),
        (HALF, {"instances": [[1.0, 2.0], [3.0, 4.0]]}, {"predictions": [[2.5, 3.0], [3.5, 4.0]]}),
        ("/v1/models/half/versions/1:predict", {"inputs": {"x": [0]}}, {"outputs": [2.0]}),
        ("/V1/MODELS/half:predict", {"inputs": []}, {"outputs": []}),
        (HALF, {"signature_name": "both", "instances": [{"x": 2}]}, {"predictions": [{"y": 3.0, "z": 2.0}]}),
        (ECHO, {"signature_name": "int64", "instances": [9007199254740993]}, {"predictions": [9007199254740993]}),
        (ECHO, {"signature_name": "string", "instances": [{"b64": "aGk="}, "ä"]}, {"predictions": ["hi", "ä"]}),
        (ECHO, {"signature_name": "bytes", "instances": ["hi"]}, {"predictions": [{"b64": "aGk="}]}),
        (
            ECHO,
            {"signature_name": "pair", "instances": [{"a": 1, "b": "u"}]},
            {"predictions": [{"c": 1, "d": "u"}]},
        ),
    ],
)
def test_predict(server: EmbeddedServer, path: str, document: Any, answer: Any) -> None:
    assert http_json(server.rest + path, document) == (200, answer)


def test_a_signature_without_inputs(server: EmbeddedServer) -> None:
    status, answer = http_json(server.rest + ECHO, {"signature_name": "manifest", "inputs": {}})
    assert status == 200
    assert json.loads(answer["outputs"])["component"] == "strict"


def test_nan_and_infinity_come_back(server: EmbeddedServer) -> None:
    body = b'{"signature_name": "float", "instances": [NaN, Infinity, -Infinity, 1e39, 0.2]} and more'
    status, answer = http(server.rest + ECHO, body)
    assert (status, json.loads(answer)["predictions"][1:]) == (200, [float("inf"), float("-inf"), float("inf"), 0.2])
    assert b"[NaN, Infinity, -Infinity, Infinity, 0.2]" in answer


def test_gzip(server: EmbeddedServer) -> None:
    body = gzip.compress(b'{"instances": [2]}')
    assert http(server.rest + HALF, body, Content_Encoding="gzip")[0] == 200
    status, answer = http(server.rest + HALF, body[:-4], Content_Encoding="gzip")
    assert (status, b"Failed to inflate" in answer) == (400, True)
    bomb = gzip.compress(b" " * (rest_body.MAX_BYTES + 1))
    assert http(server.rest + HALF, bomb, Content_Encoding="gzip")[0] == 413


def test_a_body_that_says_it_is_too_large_is_not_read(server: EmbeddedServer) -> None:
    connection = HTTPConnection(server.rest.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", HALF)
    connection.putheader("Content-Length", str(rest_body.MAX_BYTES + 1))
    connection.endheaders(b'{"instances": [')
    answer = connection.getresponse()
    assert answer.status == 413
    assert "larger than" in json.loads(answer.read())["error"]
    connection.close()


def test_a_deep_document_is_survived(server: EmbeddedServer) -> None:
    deep = b"[" * 500_000 + b"]" * 500_000
    assert http(server.rest + HALF, b'{"instances": [1], "nested": ' + deep + b"}")[0] == 200
    assert http(server.rest + HALF, b'{"instances": ' + deep + b"}")[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", HALF, b"", 400, "JSON Parse error: The document is empty"),
        ("POST", HALF, b"[1]", 400, "Is not object"),
        ("POST", HALF, b'{"instances": [1], "signature_name": "no"}', 400, 'Serving signature name: "no" not found'),
        ("POST", "/v1/models/nope:predict", b"{bad", 400, "JSON Parse error"),
        ("POST", "/v1/models/nope:predict", b'{"instances": [1]}', 404, "Servable not found for request: Latest(nope)"),
        ("POST", HALF, b'{"instances": ["x"]}', 400, 'JSON Value: "x" Type: String is not of expected type: float'),
        ("POST", ECHO, b'{"instances": [1], "signature_name": "half"}', 501, "to type: half"),
        ("POST", "/v1/models/half:classify", b"{}", 400, "key 'examples' is expected and was not found"),
        ("POST", "/v1/models/nope:regress", b"{bad", 400, "JSON Parse error"),
        ("POST", "/v1/models/nope:regress", b'{"examples": [{"x": 1.5}]}', 404, "request: Latest(nope)"),
        ("GET", "/v1/models", None, 400, "Missing model name in request."),
        ("GET", "/v1/models/half:predict", None, 400, "Malformed request: GET /v1/models/half:predict"),
        ("PUT", HALF, b"{}", 400, "Malformed request: PUT"),
        ("GET", "/v1/models/half?x=1", None, 404, "Could not find any versions of model half?x=1"),
    ],
)
def test_what_is_refused(
    server: EmbeddedServer, method: str, path: str, body: bytes | None, status: int, message: str
) -> None:
    got, answer = http(server.rest + path, body, method=method)
    assert (got, list(json.loads(answer))) == (status, ["error"])
    assert message in json.loads(answer)["error"]


EXAMPLES = "/v1/models/examples:"


@pytest.mark.parametrize(
    ("path", "document", "results"),
    [
        ("classify", {"examples": [{"x": 2.5}, {"x": [-1.0]}]},
         [[["good", 2.5], ["bad", -2.5]], [["bad", -1.0], ["good", 1.0]]]),
        ("classify", {"signature_name": "scores", "examples": [{"x": 2.5}]}, [[["", 2.5], ["", -2.5]]]),
        ("classify", {"signature_name": "classes", "examples": [{"x": 2.5}]}, [[["good", 0.0], ["bad", 0.0]]]),
        ("regress", {"signature_name": "number", "examples": [{"x": 2.5}, {"x": 0.0}]}, [3.25, 2.0]),
        ("regress", {"signature_name": "number", "context": {"x": 3.0}, "examples": [{}, {"x": 1.0}]}, [3.5, 2.5]),
    ],
)  # fmt: skip
def test_classify_and_regress(server: EmbeddedServer, path: str, document: Any, results: Any) -> None:
    assert http_json(server.rest + EXAMPLES + path, document) == (200, {"results": results})


def test_classify_and_regress_refused(server: EmbeddedServer) -> None:
    for path, document, message in [
        ("classify", {"signature_name": "no", "examples": [{}]}, "No signature was found with the name: no"),
        ("regress", {"signature_name": "number", "examples": [{"x": 1}]}, "Data types don't match"),
        ("regress", {"signature_name": 1, "examples": [{}]}, "'signature_name' key must be a string value."),
    ]:
        status, answer = http_json(server.rest + EXAMPLES + path, document)
        assert status == 400, answer
        assert message in answer["error"]


def test_status(server: EmbeddedServer) -> None:
    version = {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    for path in ("/v1/models/half", "/v1/models/half/versions/1", "/v1/models/half/labels/any"):
        assert http_json(server.rest + path) == (200, {"model_version_status": [version]})


def test_metadata(server: EmbeddedServer) -> None:
    status, document = http_json(server.rest + "/v1/models/half/metadata")
    assert status == 200
    assert document["model_spec"] == {"name": "half", "signature_name": "", "version": "1"}
    signature = document["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"]["x"]["dtype"] == "DT_FLOAT"
    assert signature["inputs"]["x"]["tensor_shape"] == {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False}


def test_options_and_other_paths(server: EmbeddedServer) -> None:
    assert http(server.rest + HALF, method="OPTIONS", Origin="http://a.example") == (200, b"")
    assert http(server.rest + HALF, method="OPTIONS") == (400, b"")
    status, page = http(server.rest + "/other")
    assert (status, page.startswith(b"<html>")) == (404, True)


def test_both_protocols_give_the_same_scores(server: EmbeddedServer, channel: grpc.Channel) -> None:
    image = [[[[0.1], [0.2]], [[0.3], [0.7]]]]
    by_rest = http_json(server.rest + "/v1/models/strict:predict", {"instances": image})[1]["predictions"]
    answer = predict(channel, predict_request("strict", image=np.array(image, np.float32)))
    np.testing.assert_allclose(by_rest, tensors.to_array(answer.outputs["y"]), rtol=1e-6)


def test_requests_are_counted(server: EmbeddedServer) -> None:
    http_json(server.rest + HALF, {"instances": [1]})
    url = server.rest + "/monitoring/prometheus/metrics"
    assert http(url, b"", method="POST")[0] == 200, "by any method, as in the original"
    status, page = http(url)
    assert status == 200
    assert b':tensorflow:serving:request_count{model_name="half",status="OK"}' in page
