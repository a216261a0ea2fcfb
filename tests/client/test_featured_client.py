"""A client that sends numbers with every picture, against a server that does what the test tells it to."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from aoi_modules.client.featured_client import FeaturedClient
from aoi_modules.client.grpc_client import GrpcClient
from aoi_modules.errors import DataError
from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer, manifest

NAMES = ("rooms", "area")


def publish(server: ModelServer, version: int, *features: str) -> None:
    described = msgspec.structs.replace(manifest(version), features=features)
    server.manifests[version] = described.to_json()
    server.states[version], server.version = "AVAILABLE", version


@pytest.fixture
def client(model_server: ModelServer) -> Iterator[FeaturedClient]:
    publish(model_server, 1, *NAMES)
    with GrpcClient(model_server.address, "tile", timeout=30) as client:
        yield FeaturedClient(client, client.manifest())


def test_its_row_goes_with_the_picture(model_server: ModelServer, client: FeaturedClient) -> None:
    for area in (10.0, 20.0):
        client.row = np.array([[3.0, area]], np.float32)
        assert client.predict_pictures([b"picture"]).version == 1
    sent = [to_array(request.inputs["features"]).tolist() for request in model_server.asked[-2:]]
    assert sent == [[[3.0, 10.0]], [[3.0, 20.0]]]


def test_everything_else_is_the_other_clients(model_server: ModelServer, client: FeaturedClient) -> None:
    assert client.address == model_server.address
    assert client.manifest().features == NAMES
    assert [status.version for status in client.status()] == [1]
    assert "serving_default" in client.metadata()
    client.close()
    assert client.predict_pictures([b"picture"]).model == "tile"


def test_a_new_version_with_the_same_features_answers(model_server: ModelServer, client: FeaturedClient) -> None:
    publish(model_server, 2, *NAMES)
    assert client.predict_pictures([b"picture"]).version == 2


@pytest.mark.parametrize("features", [("area", "rooms"), ("rooms", "area", "age"), ()])
def test_a_new_version_with_other_features_is_not_believed(
    model_server: ModelServer, client: FeaturedClient, features: tuple[str, ...]
) -> None:
    publish(model_server, 2, *features)
    for _ in range(2):
        with pytest.raises(DataError, match="version 2 of model tile answered, which takes other features"):
            client.predict_pictures([b"picture"])
