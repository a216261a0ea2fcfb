"""Pictures that arrive in unusual ways, byte by byte over a socket."""

import socket
from collections.abc import Iterator

import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes

PATIENCE = 240.0


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with ModelServer() as server:
        routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
        routes.write_text(
            "max_picture_bytes: 1000\nupload_timeout_ms: 200\n"
            f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}'
        )
        with RunningGateway(routes) as gateway:
            yield gateway


def connect(gateway: RunningGateway, *headers: str) -> socket.socket:
    """Sends the head of an inspection and keeps the connection."""
    connection = socket.create_connection(("127.0.0.1", gateway.process.ports["http"]), timeout=PATIENCE)
    head = ["POST /v1/inspect/tile HTTP/1.1", "Host: gateway", *headers, "", ""]
    connection.sendall("\r\n".join(head).encode())
    return connection


def first_line(connection: socket.socket) -> str:
    return connection.recv(4096).decode().splitlines()[0]


def test_a_unit_without_a_name_is_refused(gateway: RunningGateway) -> None:
    with connect(gateway, "Content-Length: 0", f"X-Aoi-Unit: {'x' * 201}") as connection:
        assert first_line(connection) == "HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize("name", ["Unit", "Position", "Product", "Lot", "Station"])
def test_a_header_that_is_no_name_is_refused_where_a_parameter_wins(gateway: RunningGateway, name: str) -> None:
    url = f"{gateway.url}/v1/inspect/tile?{name.lower()}=good"
    answer = requests.post(url, data=b"picture", headers={f"X-Aoi-{name}": "x" * 201}, timeout=PATIENCE)
    assert answer.status_code == 400
    assert f"X-Aoi-{name}: expected 1 to 200 printable characters" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["width=0", "height=65536", "channels=2", "width=wide"])
def test_a_size_that_makes_no_sense_is_refused_though_a_file_has_its_own(gateway: RunningGateway, query: str) -> None:
    answer = requests.post(f"{gateway.url}/v1/inspect/tile?{query}", data=picture_bytes(), timeout=PATIENCE)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{query.partition('=')[0]}: expected 1 ")


def test_a_picture_that_never_arrives_ends(gateway: RunningGateway) -> None:
    with connect(gateway, "Content-Length: 500") as connection:
        connection.sendall(b"only this")
        assert first_line(connection) == "HTTP/1.1 408 Request Timeout"


@pytest.mark.parametrize(("size", "status"), [(1001, 413), (1000, 415)])
def test_the_limit_is_of_the_picture_not_of_the_form_around_it(gateway: RunningGateway, size: int, status: int) -> None:
    files = {"image": bytes(size), "features": b"[1]"}
    answer = requests.post(f"{gateway.url}/v1/inspect/tile", files=files, timeout=PATIENCE)
    assert answer.status_code == status, answer.text


def test_a_client_that_asks_first_need_not_send(gateway: RunningGateway) -> None:
    with connect(gateway, "Content-Length: 50000000", "Expect: 100-continue") as connection:
        assert first_line(connection).startswith("HTTP/1.1 413 ")


def test_a_client_that_asks_first_may_send(gateway: RunningGateway) -> None:
    with connect(gateway, "Content-Length: 5", "Expect: 100-continue") as connection:
        assert first_line(connection) == "HTTP/1.1 100 Continue"
        connection.sendall(b"hello")
        assert first_line(connection).startswith("HTTP/1.1 415 ")


def test_a_client_that_hangs_up_leaves_the_gateway_well(gateway: RunningGateway) -> None:
    for _ in range(20):
        with connect(gateway, "Content-Length: 500") as connection:
            connection.sendall(b"x")
    with connect(gateway, "Content-Length: 0") as connection:
        assert first_line(connection).startswith("HTTP/1.1 400 ")


@pytest.mark.parametrize("length", ["-5", "many", "99999999999999999999999999"])
def test_lengths_that_are_none(gateway: RunningGateway, length: str) -> None:
    with connect(gateway, f"Content-Length: {length}") as connection:
        status = int(first_line(connection).split()[1])
        assert 400 <= status < 500
