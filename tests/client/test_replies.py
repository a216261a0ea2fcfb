import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.replies import as_scores, is_no_manifest, manifest_from, required
from aoi_modules.errors import RpcError, StoreError
from aoi_modules.wire.tensors import Array
from tests.client.model_server import manifest

ENDPOINT = Endpoint("127.0.0.1:8500", "tile")
TEXT = manifest().to_json()


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_floats_of_any_width_are_scores(kind: str) -> None:
    scores = as_scores(np.array([[0.5, 0.25]], kind))
    assert scores.dtype == np.float32
    assert scores.tolist() == [[0.5, 0.25]]


@pytest.mark.parametrize("array", [np.array([1, 2], np.int32), np.array([b"a"], object), np.array([True])])
def test_what_is_no_float_stays_as_it_is(array: Array) -> None:
    assert as_scores(array) is array


@pytest.mark.parametrize("output", [np.array(TEXT, object), np.array([TEXT], object), np.array([TEXT.decode()])])
def test_a_manifest_may_come_as_bytes_or_text(output: Array) -> None:
    assert manifest_from({"json": output}, "model tile") == manifest()


@pytest.mark.parametrize("outputs", [{}, {"json": np.array([TEXT, TEXT], object)}, {"json": np.array([1.5])}])
def test_an_answer_without_one_manifest(outputs: dict[str, Array]) -> None:
    with pytest.raises(StoreError, match="model tile: expected its manifest as one string, output 'json'"):
        manifest_from(outputs, "model tile")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RpcError("FAILED_PRECONDITION", 'Serving signature key "manifest" not found.'), True),
        (RpcError("INVALID_ARGUMENT", 'Serving signature key "manifest" not found.'), True),
        (RpcError("FAILED_PRECONDITION", 'Serving signature key "pixels" not found.'), False),
        (RpcError("NOT_FOUND", 'Serving signature key "manifest" not found.'), False),
    ],
)
def test_only_one_refusal_means_that_there_is_no_manifest(error: RpcError, told: bool) -> None:
    assert is_no_manifest(error) is told


def test_a_manifest_that_has_to_be_there() -> None:
    assert required(manifest(), ENDPOINT) == manifest()
    with pytest.raises(StoreError, match=r"model tile at 127\.0\.0\.1:8500 carries no manifest"):
        required(None, ENDPOINT)
