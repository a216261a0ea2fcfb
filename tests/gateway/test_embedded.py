"""The gateway in front of the real embedded server, up to its sudden death and return."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.gateway import GatewayClient
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.manifests import Manifests
from aoi_modules.client.picture_answers import PictureAsker
from aoi_modules.errors import RpcError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_house, write_tile
from tests.gateway.conftest import picture_bytes

pytestmark = pytest.mark.slow  # a servable is exported and served

PICTURE = picture_bytes()
CLIENTS = 8
TIMEOUT_MS = 5000
PATIENCE = 240.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": write_tile(tmp_path_factory.mktemp("models"))}) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text(f'components: {{tile: {{model: tile, upstream: "{server.grpc}", timeout_ms: {TIMEOUT_MS}}}}}')
    with RunningGateway(routes) as gateway:
        yield gateway


def inspect(gateway: RunningGateway) -> requests.Response:
    """Waits only a little longer than the gateway may."""
    return requests.post(f"{gateway.url}/v1/inspect/tile", data=PICTURE, timeout=TIMEOUT_MS / 1000 + 5)


def test_the_gateways_score_is_the_models_score(gateway: RunningGateway, server: EmbeddedServer) -> None:
    answer = inspect(gateway)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    with GrpcClient(Endpoint(server.grpc, "tile")) as client:
        score = client.predict_pictures([PICTURE]).scores["defect"].item()
    assert body["heads"][0]["score"] == pytest.approx(score, abs=1e-6)
    assert body["heads"][0]["threshold"] == 0.5
    assert body["model"] == {"name": "tile", "version": 1}
    assert requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 200


def test_features_and_frames_go_to_the_model_as_they_came(tmp_path: Path) -> None:
    numbers, frame = np.array([[3, 60]], np.float32), np.arange(64, dtype=np.uint8).reshape(8, 8)
    routes = tmp_path / "routes.yaml"
    with EmbeddedServer({"house": write_house(tmp_path)}) as server:
        routes.write_text(
            f'components: {{home: {{model: house, upstream: "{server.grpc}", timeout_ms: {TIMEOUT_MS}}}}}'
        )
        with (
            RunningGateway(routes, by_grpc=True) as gateway,
            GrpcClient(Endpoint(server.grpc, "house")) as straight,
            GrpcClient(Endpoint(gateway.grpc, "home")) as by_grpc,
            GatewayClient(Endpoint(gateway.url, "home")) as by_http,
        ):
            price = straight.predict_pictures([PICTURE], numbers).scores["price"].item()
            assert by_grpc.predict_pictures([PICTURE], numbers).scores["price"].item() == pytest.approx(price)
            named = by_http.inspect(PICTURE, features={"area": 60, "rooms": 3})
            assert named.heads[0].score == pytest.approx(price)
            price = straight.predict_pixels(frame[np.newaxis, ..., np.newaxis], numbers).scores["price"].item()
            assert by_http.inspect_frame(frame, features=[3, 60]).heads[0].score == pytest.approx(price)
            with pytest.raises(RpcError, match="features: expected numbers for: rooms, area"):
                by_grpc.predict_pictures([PICTURE])


def test_the_command_judges_as_the_gateway_does(
    gateway: RunningGateway, server: EmbeddedServer, tmp_path: Path
) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(PICTURE)
    with GrpcClient(Endpoint(server.grpc, "tile")) as client:
        answer = PictureAsker(client, Manifests(client, client.find_manifest())).ask(path)
    body = inspect(gateway).json()
    assert answer.verdict == body["verdict"]
    assert [head.verdict for head in answer.heads] == [head["verdict"] for head in body["heads"]]


def test_a_killed_model_server_gives_503_and_nothing_worse(gateway: RunningGateway, server: EmbeddedServer) -> None:
    with Load(gateway) as load:
        load.wait_for(200, 50)
        server.kill()
        load.wait_for(503, 50)
        assert requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 503
        assert requests.get(f"{gateway.url}/healthz", timeout=10).status_code == 200
        server.restart()
        load.wait_for(200, 50)
    assert not load.failures
    assert set(load.statuses) == {200, 503}
    assert inspect(gateway).status_code == 200


def test_one_of_two_servers_killed_under_load_costs_no_inspection(
    server: EmbeddedServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    routes = tmp_path / "routes.yaml"
    with EmbeddedServer({"tile": write_tile(tmp_path_factory.mktemp("more"))}) as second:
        addresses = f'["{server.grpc}", "{second.grpc}"]'
        routes.write_text(f"components: {{tile: {{model: tile, upstream: {addresses}, timeout_ms: {TIMEOUT_MS}}}}}")
        with RunningGateway(routes) as gateway, Load(gateway) as load:
            load.wait_for(200, 50)
            second.kill()
            wait_until_away(gateway, second, away=True)
            load.wait_for(200, 100)
            assert requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 200
            second.restart()
            wait_until_away(gateway, second, away=False)
            load.wait_for(200, 50)
        assert not load.failures
        assert set(load.statuses) == {200}


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_one_of_two_servers_behind_one_name_that_ends_costs_no_inspection(tmp_path: Path, end: str) -> None:
    models, flags = {"tile": write_tile(tmp_path)}, ["--drain_seconds=0.5"]
    with EmbeddedServer(models, flags=flags) as one:
        port = one.grpc.rpartition(":")[2]
        routes = tmp_path / "routes.yaml"
        address = f"ipv4:127.0.0.1:{port},127.0.0.2:{port}"
        routes.write_text(f'components: {{tile: {{model: tile, upstream: "{address}", timeout_ms: {TIMEOUT_MS}}}}}')
        with (
            EmbeddedServer(models, flags=[*flags, "--host=127.0.0.2", f"--port={port}"]),
            RunningGateway(routes) as gateway,
            Load(gateway) as load,
        ):
            load.wait_for(200, 100)
            getattr(one, end)()
            load.wait_for(200, 100)
            one.restart()
            load.wait_for(200, 100)
        assert not load.failures
        assert set(load.statuses) == {200}


def wait_until_away(gateway: RunningGateway, server: EmbeddedServer, *, away: bool) -> None:
    """Until the gateway says of a server that it is away, or back."""
    line = f'aoi_gateway_model_away{{model="tile",upstream="{server.grpc}"}} {float(away)}'
    end = time.monotonic() + PATIENCE
    while line not in requests.get(f"{gateway.url}/metrics", timeout=10).text:
        if time.monotonic() > end:
            pytest.fail(f"the gateway does not say: {line}")
        time.sleep(0.05)


class Load:
    """Clients that inspect without a pause until the block ends."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.statuses: Counter[int] = Counter()
        self.failures: list[Exception] = []
        self._gateway = gateway
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                status = inspect(self._gateway).status_code
            except requests.RequestException as failure:
                self.failures.append(failure)
                return
            with self._lock:
                self.statuses[status] += 1

    def wait_for(self, status: int, count: int) -> None:
        """Until so many more answers with that status came."""
        goal, end = self.statuses[status] + count, time.monotonic() + PATIENCE
        while self.statuses[status] < goal and not self.failures:
            if time.monotonic() > end:
                pytest.fail(f"no {count} answers with status {status} within {PATIENCE} s: {self.statuses}")
            time.sleep(0.02)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
