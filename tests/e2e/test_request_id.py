"""One id from whoever sends a picture to the log of the model server, every stage for real."""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_tile
from tests.gateway.conftest import picture_bytes

pytestmark = pytest.mark.slow  # a servable is exported and served

LARGE = picture_bytes(size=(3000, 3000))
"""Its pixels alone take longer to decode than a millisecond."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A model server to which whatever takes longer than a millisecond is slow."""
    base_path = write_tile(tmp_path_factory.mktemp("models"))
    with EmbeddedServer({"tile": base_path}, flags=["--log_format=json", "--slow_call_ms=1"]) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text(f'components: {{part: {{model: tile, upstream: "{server.grpc}"}}}}')
    with RunningGateway(routes, by_grpc=True) as gateway:
        yield gateway


def lines_of(log: str, request_id: str) -> list[dict[str, Any]]:
    """What a log says about a request; TensorFlow's own lines are no JSON."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("request_id") == request_id]


def test_a_slow_picture(gateway: RunningGateway, server: EmbeddedServer) -> None:
    answer = requests.post(
        f"{gateway.url}/v1/inspect/part?unit=SN1", data=LARGE, headers={"X-Request-Id": "slow.1"}, timeout=60
    )
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (200, "slow.1")
    (at_gateway,) = lines_of(gateway.process.log_tail(50), "slow.1")
    assert (at_gateway["event"], at_gateway["component"], at_gateway["unit"]) == ("inspected", "part", "SN1")
    assert (at_gateway["model"], at_gateway["version"], at_gateway["address"]) == ("tile", 1, server.grpc)
    (at_server,) = lines_of(server.log_tail(50), "slow.1")
    assert (at_server["event"], at_server["method"], at_server["status"]) == ("slow", "Predict", "OK")
    assert (at_server["model"], at_server["version"], at_server["signature"]) == ("tile", 1, "serving_default")
    assert 1 < at_server["ms"] <= at_gateway["ms"]


def test_a_picture_that_the_model_server_refuses(gateway: RunningGateway, server: EmbeddedServer) -> None:
    """The gateway takes numbers beside a picture; this model does not, and its server is the first to say so."""
    form: dict[str, tuple[str | None, bytes]] = {"image": ("part.png", picture_bytes()), "features": (None, b"[1, 2]")}
    url, headers = f"{gateway.url}/v1/inspect/part", {"X-Request-Id": "refused.1"}
    answer = requests.post(url, files=form, headers=headers, timeout=60)
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (400, "refused.1")
    (at_gateway,) = lines_of(gateway.process.log_tail(50), "refused.1")
    assert (at_gateway["event"], at_gateway["component"], at_gateway["status"]) == ("refused", "part", 400)
    (at_server,) = lines_of(server.log_tail(50), "refused.1")
    assert (at_server["event"], at_server["model"], at_server["version"]) == ("refused", "tile", 1)
    assert (at_server["method"], at_server["status"]) == ("Predict", "INVALID_ARGUMENT")


def test_the_pictures_of_a_call_by_grpc(gateway: RunningGateway, server: EmbeddedServer) -> None:
    request = calls.predict_request(Endpoint(gateway.grpc, "part"), {"image": [LARGE, LARGE]}, "serving_default")
    with grpc.insecure_channel(gateway.grpc) as channel:
        predict: Any = channel.unary_unary(calls.PREDICT.name, request_serializer=calls.serialize)
        _, call = predict.with_call(request, timeout=60, metadata=[("x-request-id", "grpc.1")])
    assert dict(call.trailing_metadata())["x-request-id"] == "grpc.1"
    at_gateway = lines_of(gateway.process.log_tail(50), "grpc.1")
    assert sorted((line["event"], line["picture"]) for line in at_gateway) == [("inspected", 0), ("inspected", 1)]
    assert [line["event"] for line in lines_of(server.log_tail(50), "grpc.1")] == ["slow", "slow"]
