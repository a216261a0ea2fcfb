"""Both clients against the real embedded server: the same calls, the same answers."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from aoi_modules.client.base import PredictClient
from aoi_modules.client.grpc_client import GrpcClient
from aoi_modules.client.http_client import HttpClient
from aoi_modules.errors import RpcError, TooSlow
from aoi_modules.serving.launcher import EmbeddedServer
from tests.client.servables import write_tile

pytestmark = pytest.mark.slow  # a servable is exported and served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": write_tile(tmp_path_factory.mktemp("models"))}) as server:
        yield server


@pytest.fixture(params=["grpc", "http"])
def client(request: pytest.FixtureRequest, server: EmbeddedServer) -> Iterator[PredictClient]:
    with make(request.param, server) as client:
        yield client


def make(protocol: str, server: EmbeddedServer, model: str = "tile", version: int | None = None) -> PredictClient:
    if protocol == "grpc":
        return GrpcClient(server.grpc, model, version=version)
    return HttpClient(server.rest, model, version=version)


def pictures(count: int = 3) -> list[bytes]:
    random = np.random.default_rng(5)
    return [_png(random.integers(0, 256, (8, 8), np.uint8)) for _ in range(count)]


def _png(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_both_protocols_give_the_same_scores(server: EmbeddedServer) -> None:
    with make("grpc", server) as grpc, make("http", server) as http:
        by_grpc, by_http = grpc.predict_pictures(pictures()), http.predict_pictures(pictures())
    assert list(by_grpc.scores) == list(by_http.scores) == ["defect"]
    for scores in (by_grpc.scores["defect"], by_http.scores["defect"]):
        assert scores.dtype == np.float32
        assert scores.shape == (3, 1)
    assert np.allclose(by_grpc.scores["defect"], by_http.scores["defect"], rtol=0, atol=1e-6)
    assert (by_grpc.version, by_http.version) == (1, None)


def test_pixels_and_pictures_give_the_same_scores(client: PredictClient) -> None:
    frames = np.stack([np.asarray(Image.open(io.BytesIO(picture))) for picture in pictures()])[..., np.newaxis]
    by_pixels = client.predict_pixels(frames).scores["defect"]
    assert np.allclose(by_pixels, client.predict_pictures(pictures()).scores["defect"], rtol=0, atol=1e-5)


def test_status_metadata_and_manifest_are_the_same(server: EmbeddedServer) -> None:
    with make("grpc", server) as grpc, make("http", server) as http:
        assert grpc.status() == http.status()
        assert grpc.metadata() == http.metadata()
        assert grpc.manifest() == http.manifest()
        assert [status.state for status in grpc.status()] == ["AVAILABLE"]
        assert set(grpc.metadata()) >= {"serving_default", "pixels", "manifest"}
        assert grpc.manifest().head("defect").threshold == 0.5


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_version_that_is_asked_for(server: EmbeddedServer, protocol: str) -> None:
    with make(protocol, server, version=1) as client:
        assert client.predict_pictures(pictures(1)).version == 1
    with make(protocol, server, version=5) as client, pytest.raises(RpcError) as caught:
        client.predict_pictures(pictures(1))
    assert caught.value.code == "NOT_FOUND"


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_model_that_is_not_there(server: EmbeddedServer, protocol: str) -> None:
    with make(protocol, server, model="none") as client, pytest.raises(RpcError, match="Servable not found") as caught:
        client.predict_pictures(pictures(1))
    assert caught.value.code == "NOT_FOUND"


def test_bytes_that_are_no_picture(client: PredictClient) -> None:
    with pytest.raises(RpcError) as caught:
        client.predict_pictures([b"no picture"])
    assert caught.value.code == "INVALID_ARGUMENT"
    assert not isinstance(caught.value, TooSlow)


def test_an_unknown_signature(client: PredictClient) -> None:
    with pytest.raises(RpcError, match='"nothing" not found'):
        client.predict({"image": pictures(1)}, signature="nothing")
