from dataclasses import replace

import msgspec
import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.errors import HungUp, RpcError, Unreachable, WireError
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import StartGateway, picture_bytes, start_gateway
from tests.gateway.relay import Relay

__all__ = ["start_gateway"]


def test_a_verdict_and_what_led_to_it(model_server: ModelServer, start_gateway: StartGateway) -> None:
    model_server.outputs = scores_of(0.9)
    routes = f'components: {{tile: {{model: tile, upstream: "{model_server.address}", timeout_ms: 5000}}}}'
    with GatewayClient(Endpoint(start_gateway(routes).url, "tile")) as client:
        answer = client.inspect(picture_bytes())
        assert (answer.component, answer.verdict, answer.model) == (
            "tile",
            "FAIL",
            ModelVersion(name="tile", version=1),
        )
        assert answer.request_id
        assert answer.elapsed_ms is not None
        assert answer.elapsed_ms > 0
        assert answer.heads[0].score == pytest.approx(0.9)
        assert answer.heads[1].scores == pytest.approx({"smooth": 0.7, "rough": 0.2, "torn": 0.1})
        with pytest.raises(RpcError, match="PNG, JPEG or BMP") as caught:
            client.inspect(b"no picture")
        assert caught.value.code != "OK"
        with (
            GatewayClient(Endpoint(client.endpoint.address, "chair")) as other,
            pytest.raises(RpcError, match="no component 'chair'"),
        ):
            other.inspect(picture_bytes())


def test_features_and_frames(model_server: ModelServer, start_gateway: StartGateway) -> None:
    both = msgspec.structs.replace(manifest(), features=("rooms", "area"))
    model_server.manifests[1] = both.to_json()
    routes = f'components: {{tile: {{model: tile, upstream: "{model_server.address}", timeout_ms: 5000}}}}'
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    with GatewayClient(Endpoint(start_gateway(routes).url, "tile")) as client:
        assert client.inspect(picture_bytes(), features={"area": 60, "rooms": 3}, unit="SN1").verdict == "PASS"
        assert client.inspect_frame(pixels, features=np.array([3, 60])).verdict == "PASS"
        with pytest.raises(RpcError, match="features: expected numbers for: rooms, area"):
            client.inspect_frame(pixels)
        with pytest.raises(RpcError, match=r"channels: expected 1, as the model takes. Received: '3'") as caught:
            client.inspect_frame(np.zeros((3, 4, 3), np.uint8), features=[3, 60])
        assert caught.value.code == "INVALID_ARGUMENT"
        for wrong in (np.zeros((3, 4), np.float32), np.zeros((3, 4, 2), np.uint8)):
            with pytest.raises(ValueError, match="pixels: expected uint8"):
                client.inspect_frame(wrong)  # type: ignore[arg-type]
    asked = [request.inputs for request in model_server.asked if request.model_spec.signature_name != "manifest"]
    assert [to_array(inputs["features"]).tolist() for inputs in asked[:2]] == [[[3, 60]]] * 2
    assert (to_array(asked[1]["image"])[0, ..., 0] == pixels).all()


def test_a_unit_and_what_led_to_its_verdict(model_server: ModelServer, start_gateway: StartGateway) -> None:
    routes = (
        f'components: {{tile: {{model: tile, upstream: "{model_server.address}", timeout_ms: 5000}}}}\n'
        "products: {motor: {positions: {left side: {component: tile}, right: {component: tile}}}}"
    )
    picture = picture_bytes()
    with GatewayClient(Endpoint(start_gateway(routes).url, "any")) as client:
        whole = client.inspect_unit("SN/42", [("left side", picture), ("right", picture)], product="motor")
        assert (whole.unit, whole.product, whole.verdict, whole.missing) == ("SN/42", "motor", "PASS", ())
        assert [result.position for result in whole.positions] == ["left side", "right"]
        assert client.inspect_unit("SN/43", [("tile", picture)]).verdict == "PASS"
        with pytest.raises(RpcError, match="product: expected one of: motor"):
            client.inspect_unit("SN/44", [("right", picture)], product="pump")


def test_the_routes_choose_the_version_not_the_client() -> None:
    endpoint = Endpoint("http://127.0.0.1:1", "tile")
    for asked in (replace(endpoint, version=3), replace(endpoint, label="stable")):
        with pytest.raises(ValueError, match="endpoint: expected no version and no label"):
            GatewayClient(asked)


def test_a_client_that_was_closed_says_so(answering: str) -> None:
    client = GatewayClient(Endpoint(answering, "tile"))
    client.close()
    with pytest.raises(ValueError, match="it was closed; make another one"):
        client.inspect(b"x")


def test_nobody_there(free_port: int) -> None:
    with (
        GatewayClient(Endpoint(f"http://127.0.0.1:{free_port}", "tile", retries=0)) as client,
        pytest.raises(Unreachable, match="no gateway answers"),
    ):
        client.inspect(b"x")


def test_something_else_answers(answering: str) -> None:
    with GatewayClient(Endpoint(answering, "tile")) as client, pytest.raises(WireError, match="expected the verdict"):
        client.inspect(b"x")


@pytest.mark.parametrize(
    ("drops", "named", "answered"),
    [
        (1, {"key": "camera-1/17"}, True), (1, {"unit": "SN1", "position": "left"}, True),
        (1, {"unit": "SN1"}, False), (1, {}, False), (2, {"key": "camera-1/17"}, False),
    ],
)  # fmt: skip
def test_a_picture_whose_connection_broke_is_sent_once_more_where_that_merges(
    model_server: ModelServer, start_gateway: StartGateway, drops: int, named: dict[str, str], answered: bool
) -> None:
    gateway = start_gateway(f'components: {{tile: {{model: tile, upstream: "{model_server.address}"}}}}')
    with Relay(int(gateway.url.rpartition(":")[2]), drops=drops) as relay:
        with GatewayClient(Endpoint(f"http://{relay.address}", "tile")) as client:
            if answered:
                assert client.inspect(picture_bytes(), **named).verdict == "PASS"  # type: ignore[arg-type]
            else:
                with pytest.raises(HungUp, match="hung up"):
                    client.inspect(picture_bytes(), **named)  # type: ignore[arg-type]
        assert relay.drops == 0
