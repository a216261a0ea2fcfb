"""Units by HTTP: forms of files, their limits, products, and what is wrong with a request."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes

PICTURE = picture_bytes()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with ModelServer() as server:
        routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
        routes.write_text(
            "max_picture_bytes: 2000\nmax_unit_bytes: 9000\nmax_unit_pictures: 3\n"
            f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}\n'
            "products: {motor: {positions: {left: {component: tile}, right: {component: tile}}}}\n"
        )
        with RunningGateway(routes) as gateway:
            yield gateway


def post(gateway: RunningGateway, unit: str = "SN42", query: str = "", **arguments: Any) -> requests.Response:
    return requests.post(f"{gateway.url}/v1/units/{unit}/inspect{query}", timeout=30, **arguments)


@pytest.mark.parametrize("way", [{"query": "?product=motor"}, {"headers": {"X-Aoi-Product": "motor"}}], ids=str)
def test_a_unit_gets_one_verdict(gateway: RunningGateway, way: dict[str, Any]) -> None:
    answer = post(gateway, files={"left": PICTURE, "right": PICTURE}, **way)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["unit"], body["product"], body["verdict"], body["missing"]) == ("SN42", "motor", "PASS", [])
    assert [one["position"] for one in body["positions"]] == ["left", "right"]
    assert body["positions"][0]["inspection"]["heads"][0]["name"] == "defect"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["elapsed_ms"] > 0


def test_a_unit_of_which_a_picture_is_missing_is_looked_at(gateway: RunningGateway) -> None:
    body = post(gateway, query="?product=motor", files={"left": PICTURE}).json()
    assert (body["verdict"], body["missing"]) == ("REVIEW", ["right"])
    page = requests.get(f"{gateway.url}/metrics", timeout=10).text
    assert 'aoi_gateway_unit_verdicts_total{product="motor",verdict="REVIEW"} 1.0' in page


def test_several_pictures_may_be_of_one_position(gateway: RunningGateway) -> None:
    files = [("left", ("a.png", PICTURE)), ("left", ("b.png", PICTURE)), ("right", ("c.png", PICTURE))]
    body = post(gateway, query="?product=motor", files=files).json()
    assert [one["position"] for one in body["positions"]] == ["left", "left", "right"]


def test_the_name_of_a_position_is_a_name(gateway: RunningGateway) -> None:
    for name in ("x" * 201, "a\x1fb", ""):
        answer = post(gateway, files={name: PICTURE})
        assert answer.status_code == 400, answer.text
        assert "position: expected 1 to 200 printable characters" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ({"data": PICTURE}, 400, "Content-Type: expected multipart/form-data, a file for each picture"),
        ({"files": {"tile": PICTURE}, "query": "?product=pump"}, 400, "product: expected one of: motor"),
        ({"files": {"back": PICTURE}, "query": "?product=motor"}, 400, "position: expected one of motor: left, right"),
        ({"files": {"tile": PICTURE}, "query": "?timeout_ms=soon"}, 400, "timeout_ms: expected whole milliseconds"),
        ({"files": {"tile": PICTURE}, "unit": "x" * 201}, 400, "unit: expected 1 to 200 printable characters"),
        ({"data": b"no form", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, "body: expected"),
        ({"data": b"no form", "headers": {"Content-Type": "multipart/form-data"}}, 400, "boundary: expected the one"),
        ({"data": b"--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, "it is empty"),
        ({"files": [("tile", PICTURE)] * 4}, 400, "body: expected a multipart form of files"),
        ({"files": {"tile": bytes(3000)}}, 413, "expected a picture of at most 2000 bytes. Received: tile: 3000 bytes"),
        ({"files": {"tile": bytes(20000)}}, 413, "of at most 9000 bytes"),
    ],
    ids=["a picture", "product", "position", "time", "unit", "no form", "no boundary", "empty", "many", "large", "all"],
)
def test_what_is_wrong_with_a_request_is_told(
    gateway: RunningGateway, arguments: dict[str, Any], status: int, told: str
) -> None:
    answer = post(gateway, **arguments)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"]
