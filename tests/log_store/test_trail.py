"""From an inspection to what every service said about it: real gateway, model server, sync and log store."""

import time
from collections.abc import Iterator

import pytest
import requests

from aoi_modules.child_process import Child, ChildProcess, aoi_command
from aoi_modules.errors import LogStoreError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.log_store.shipping import Shipper
from aoi_modules.log_store.trail import Trail, follow, question_about
from aoi_modules.log_store.victoria import LogStore
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from tests import in_process, services
from tests.client.servables import write_tile
from tests.gateway.conftest import picture_bytes
from tests.log_store.stores import VictoriaLogs

SMALL = picture_bytes()
"""Nobody is slow about it."""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningGateway, VictoriaLogs]]:
    """A registry, what a sync brought, a model server, a gateway, and a store that has their lines."""
    folder = tmp_path_factory.mktemp("line")
    push(open_registry(str(folder / "registry")), write_tile(folder / "made") / "1", who="me")
    words = ["registry", "sync", "--registry", str(folder / "registry"), "--models", str(folder / "models"), "--once",
             "--log_format=json"]  # fmt: skip
    with Child(aoi_command(words), folder / "sync.log") as sync:
        assert sync.wait(120) == 0, sync.log_tail()
    routes, config = folder / "routes.yaml", folder / "models" / "models.config"
    words = ["serve", "--port=any", "--rest_api_port=any", f"--model_config_file={config}", "--log_format=json",
             "--log_calls=true"]  # fmt: skip
    with VictoriaLogs(folder) as real, ChildProcess(words) as server:
        upstream = f"127.0.0.1:{server.ports['grpc']}"
        routes.write_text(f'components: {{part: {{model: tile, upstream: "{upstream}"}}}}')
        with (
            RunningGateway(routes, results=folder / "results") as gateway,
            Shipper(LogStore(real.url), print) as shipper,
        ):
            shipper.follow(folder / "sync.log", "model-sync", "model-sync")
            shipper.follow(server.log_file, "model-server", "model-server")
            shipper.follow(gateway.process.log_file, "gateway", "gateway-1")
            yield gateway, real


def trail(real: VictoriaLogs, about: str, count: int) -> Trail:
    """What is found, once so many lines are there."""
    end = time.monotonic() + 240
    with LogStore(real.url) as store:
        while True:
            try:
                found = follow(store, about)
                assert len(found.lines) >= count
            except (LogStoreError, AssertionError):
                assert time.monotonic() < end
                time.sleep(0.2)
            else:
                return found


@pytest.mark.slow
@services.need(services.VICTORIA_LOGS)
def test_two_questions_find_the_lines_of_gateway_server_and_sync(line: tuple[RunningGateway, VictoriaLogs]) -> None:
    gateway, real = line
    url, headers = f"{gateway.url}/v1/inspect/part", {"X-Request-Id": "trail.1"}
    answer = requests.post(f"{url}?unit=SN1", data=SMALL, headers=headers, timeout=60).json()
    requests.post(f"{url}?unit=SN2", data=SMALL, headers={"X-Request-Id": "trail.2"}, timeout=60)
    found = trail(real, answer["id"], 6)
    assert len(found.queries) == 2
    said = [(one.service, one.event.partition(":")[0]) for one in found.lines]
    assert said[:2] == [("model-sync", "brought"), ("model-sync", "served")]
    assert ("model-server", "model tile version 1") in said
    assert sorted(said[-2:]) == [("gateway", "inspected"), ("model-server", "answered")]
    about = {one.fields["request_id"] for one in found.lines if "request_id" in one.fields}
    assert about == {"trail.1"}, "nothing of the other part"
    assert [one.time for one in found.lines] == sorted(one.time for one in found.lines)


@pytest.mark.slow
@services.need(services.VICTORIA_LOGS)
def test_a_refused_picture_is_found_by_its_request(line: tuple[RunningGateway, VictoriaLogs]) -> None:
    gateway, real = line
    headers = {"X-Request-Id": "trail.3"}
    assert requests.post(f"{gateway.url}/v1/inspect/part", data=b"x", headers=headers, timeout=60).status_code == 415
    (only,) = trail(real, "trail.3", 1).lines
    assert (only.service, only.level, only.event, only.fields["component"]) == ("gateway", "warning", "refused", "part")


@pytest.mark.slow
@services.need(services.VICTORIA_LOGS)
def test_the_command_shows_them_in_the_order_of_time(line: tuple[RunningGateway, VictoriaLogs]) -> None:
    gateway, real = line
    answer = requests.post(f"{gateway.url}/v1/inspect/part", data=SMALL, timeout=60).json()
    trail(real, answer["id"], 6)
    rows = in_process.aoi("logs", answer["id"], "--store", real.url).stdout.splitlines()
    assert "model-sync" in rows[0]
    assert any("gateway" in row and f"inspection={answer['id']}" in row for row in rows[-2:])


def test_what_nobody_could_have_named_is_not_asked_for() -> None:
    with LogStore("http://127.0.0.1:1") as store, pytest.raises(LogStoreError, match="Received: 'a or'"):
        follow(store, "a or")


def test_the_second_question_is_about_requests_and_versions() -> None:
    lines = [
        {"request_id": "r1", "model": "tile", "version": "3"},
        {"request_id": "r2", "model": "tile", "version": "3"},
        {"request_id": "r1"},
    ]
    assert question_about(lines) == (
        'request_id:in("r1", "r2")'
        ' or (_msg:in("brought", "served", "deleted") model:="tile" version:="3")'
        ' or _msg:="model tile version 3:"*'
    )
    assert question_about([{"model": 'ti"le', "version": "1"}]).count('\\"') == 2
