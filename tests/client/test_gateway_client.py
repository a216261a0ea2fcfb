import pytest

from aoi_modules.client.gateway_client import GatewayClient
from aoi_modules.errors import RpcError, Unreachable, WireError
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import StartGateway, picture_bytes, start_gateway

__all__ = ["start_gateway"]


def test_a_verdict_and_what_led_to_it(model_server: ModelServer, start_gateway: StartGateway) -> None:
    model_server.outputs = scores_of(0.9)
    routes = f'components: {{tile: {{model: tile, upstream: "{model_server.address}", timeout_ms: 5000}}}}'
    with GatewayClient(start_gateway(routes).url, "tile") as client:
        answer = client.inspect(picture_bytes())
        assert (answer.verdict, answer.model.version) == ("FAIL", 1)
        assert answer.heads[0].score == pytest.approx(0.9)
        assert answer.heads[1].scores == pytest.approx({"smooth": 0.7, "rough": 0.2, "torn": 0.1})
        with pytest.raises(RpcError, match="PNG, JPEG or BMP") as caught:
            client.inspect(b"no picture")
        assert caught.value.code != "OK"
        with GatewayClient(client.address, "chair") as other, pytest.raises(RpcError, match="no component 'chair'"):
            other.inspect(picture_bytes())


def test_nobody_there(free_port: int) -> None:
    with (
        GatewayClient(f"http://127.0.0.1:{free_port}", "tile", retries=0) as client,
        pytest.raises(Unreachable, match="no gateway answers"),
    ):
        client.inspect(b"x")


def test_something_else_answers(answering: str) -> None:
    with GatewayClient(answering, "tile") as client, pytest.raises(WireError, match="expected the verdict"):
        client.inspect(b"x")
