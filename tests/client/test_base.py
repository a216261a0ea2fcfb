"""The calls that all clients have in common, against the real embedded server: the same calls, the same answers."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.errors import RpcError, TooSlow, WireError
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.awaited import Awaited
from tests.client.servables import write_house, write_tile

pytestmark = pytest.mark.slow  # servables are exported and served
WAYS = ["grpc", "http", "async grpc"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    models = tmp_path_factory.mktemp("models")
    with EmbeddedServer({"tile": write_tile(models), "house": write_house(models)}) as server:
        yield server


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, server: EmbeddedServer) -> Iterator[PredictClient]:
    with make(request.param, server) as client:
        yield client


def make(way: str, server: EmbeddedServer, model: str = "tile", version: int | None = None) -> PredictClient:
    if way == "grpc":
        return GrpcClient(Endpoint(server.grpc, model, version=version))
    if way == "http":
        return HttpClient(Endpoint(server.rest, model, version=version))
    return Awaited(lambda: AsyncGrpcClient(Endpoint(server.grpc, model, version=version)))


def pictures(count: int = 3) -> list[bytes]:
    random = np.random.default_rng(5)
    return [_png(random.integers(0, 256, (8, 8), np.uint8)) for _ in range(count)]


def frames() -> NDArray[np.uint8]:
    return np.stack([np.asarray(Image.open(io.BytesIO(picture))) for picture in pictures()])[..., np.newaxis]


def _png(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_every_way_gives_the_same_scores(server: EmbeddedServer) -> None:
    answers = {}
    for way in WAYS:
        with make(way, server) as client:
            answers[way] = client.predict_pictures(pictures())
    for answer in answers.values():
        scores = answer.scores["defect"]
        assert list(answer.scores) == ["defect"]
        assert scores.dtype == np.float32
        assert scores.shape == (3, 1)
        assert np.allclose(scores, answers["grpc"].scores["defect"], rtol=0, atol=1e-6)
    assert [answer.version for answer in answers.values()] == [1, None, 1]


def test_a_picture_and_features(server: EmbeddedServer) -> None:
    features = np.array([[1, 2], [3, 4], [5, 6]], np.float64)
    prices = []
    for way in WAYS:
        with make(way, server, "house") as client:
            prices.append(client.predict_pictures(pictures(), features).scores["price"])
            prices.append(client.predict_pixels(frames(), features).scores["price"])
    assert all(np.allclose(price, prices[0], rtol=1e-6) for price in prices)
    assert len(np.unique(prices[0])) == 3
    with make("grpc", server, "house") as client, pytest.raises(RpcError, match="features") as caught:
        client.predict_pictures(pictures())
    assert caught.value.code == "INVALID_ARGUMENT"


def test_features_of_other_pictures_are_refused_before_they_are_sent(client: PredictClient) -> None:
    with pytest.raises(ValueError, match=r"expected \(3, F\), one row a picture\. Received: \(2, 4\)"):
        client.predict_pictures(pictures(), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="expected a list of encoded pictures"):
        client.predict_pictures(pictures(1)[0])  # type: ignore[arg-type]


def test_a_client_that_was_closed_says_so(client: PredictClient) -> None:
    client.status()
    asked = client.client if isinstance(client, Awaited) else client
    closing = asked.close()
    if isinstance(client, Awaited):
        client.run(closing)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="it was closed; make another one"):
        client.status()


def test_inputs_that_are_no_arrays_are_refused_before_they_are_sent(client: PredictClient) -> None:
    with pytest.raises(WireError, match="input image: expected an array, or a list of bytes"):
        client.predict({"image": pictures(1)[0]})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match=r"pixels: expected uint8 \(N, H, W, C\)"):
        client.predict_pixels(frames().tolist())


def test_more_than_four_mebibytes_in_one_message(client: PredictClient) -> None:
    noise = _png(np.random.default_rng(6).integers(0, 256, (2400, 2400), np.uint8))
    assert len(noise) > 4 << 20
    assert client.predict_pictures([noise]).scores["defect"].shape == (1, 1)


def test_pixels_and_pictures_give_the_same_scores(client: PredictClient) -> None:
    by_pixels = client.predict_pixels(frames()).scores["defect"]
    assert np.allclose(by_pixels, client.predict_pictures(pictures()).scores["defect"], rtol=0, atol=1e-5)


def test_status_metadata_and_manifest_are_the_same(server: EmbeddedServer) -> None:
    with make("grpc", server) as grpc, make("http", server) as http:
        assert grpc.status() == http.status()
        assert grpc.metadata() == http.metadata()
        assert grpc.manifest() == http.manifest()
        assert [status.state for status in grpc.status()] == ["AVAILABLE"]
        assert set(grpc.metadata()) >= {"serving_default", "pixels", "manifest"}
        assert grpc.manifest().head("defect").threshold == 0.5


@pytest.mark.parametrize("protocol", WAYS)
def test_a_version_that_is_asked_for(server: EmbeddedServer, protocol: str) -> None:
    with make(protocol, server, version=1) as client:
        assert client.predict_pictures(pictures(1)).version == 1
    with make(protocol, server, version=5) as client, pytest.raises(RpcError) as caught:
        client.predict_pictures(pictures(1))
    assert caught.value.code == "NOT_FOUND"


@pytest.mark.parametrize("protocol", WAYS)
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
