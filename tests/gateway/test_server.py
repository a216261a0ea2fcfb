import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from aoi_modules.errors import AoiError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.server import open_port
from tests.client.model_server import ModelServer
from tests.gateway.conftest import StartGateway, picture_bytes


def routes_to(server: ModelServer) -> str:
    return f'components: {{tile: {{model: tile, upstream: "{server.address}", timeout_ms: 20000}}}}'


def inspect(gateway: RunningGateway) -> requests.Response:
    return requests.post(f"{gateway.url}/v1/inspect/tile", data=picture_bytes(), timeout=30)


def test_a_gateway_that_is_told_to_stop_finishes_what_it_began(
    start_gateway: StartGateway, model_server: ModelServer
) -> None:
    gateway = start_gateway(routes_to(model_server))
    model_server.gate.clear()
    answers: list[requests.Response] = []
    client = threading.Thread(target=lambda: answers.append(inspect(gateway)))
    client.start()
    wait_until(lambda: bool(model_server.asked))
    stopper = threading.Thread(target=gateway.process.stop)
    stopper.start()
    wait_until(lambda: not listens(gateway))
    assert not answers, "the inspection is still on its way"
    model_server.gate.set()
    for thread in (client, stopper):
        thread.join(30)
    assert [answer.status_code for answer in answers] == [200]
    assert gateway.process.stop() == 0


def test_a_gateway_about_to_stop_says_so_first(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A load balancer learns it from /readyz while inspections are still taken."""
    with ModelServer() as server:
        routes = tmp_path_factory.mktemp("drain") / "routes.yaml"
        routes.write_text(routes_to(server))
        with RunningGateway(routes, drain_seconds=600) as gateway:
            assert requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 200
            stopper = threading.Thread(target=gateway.process.stop, args=(20,))
            stopper.start()
            wait_until(lambda: requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 503)
            body = requests.get(f"{gateway.url}/readyz", timeout=10).json()
            assert body["type"] == "urn:aoi:problem:draining"
            assert inspect(gateway).status_code == 200
            gateway.process.kill()
            stopper.join(30)


def components(gateway: RunningGateway) -> list[str]:
    listed = requests.get(f"{gateway.url}/v1/components", timeout=10).json()["components"]
    return [entry["component"] for entry in listed]


def test_changed_routes_are_taken_and_bad_ones_refused(tmp_path: Path, model_server: ModelServer) -> None:
    """Inspections that are under way keep the routes that they began with."""
    routes = tmp_path / "routes.yaml"
    routes.write_text(routes_to(model_server))
    with RunningGateway(routes) as gateway:
        model_server.gate.clear()
        answers: list[requests.Response] = []
        client = threading.Thread(target=lambda: answers.append(inspect(gateway)))
        client.start()
        wait_until(lambda: bool(model_server.asked))
        routes.write_text(routes_to(model_server).replace("tile:", "plate:", 1))
        wait_until(lambda: components(gateway) == ["plate"])
        model_server.gate.set()
        client.join(30)
        assert [answer.status_code for answer in answers] == [200]
        assert inspect(gateway).status_code == 404

        routes.write_text("components: {plate: {model: tile}}")
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: 'reloads_total{outcome="refused"} 1.0' in requests.get(f"{gateway.url}/metrics").text)
        assert components(gateway) == ["plate"]
        assert "routes refused" in gateway.process.log_tail()
        assert "missing required field `upstream`" in gateway.process.log_tail()


def listens(gateway: RunningGateway) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", gateway.process.ports["http"]), timeout=5):
            return True
    except ConnectionRefusedError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not condition():
        if time.monotonic() > end:
            pytest.fail("it did not happen within 240 s")
        time.sleep(0.02)


def test_an_address_that_is_taken() -> None:
    with open_port("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AoiError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            open_port("127.0.0.1", port)


def test_an_address_of_nobody() -> None:
    with pytest.raises(AoiError, match=r"cannot listen on no-such-host\.invalid:0"):
        open_port("no-such-host.invalid", 0)


BLOCKED = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "keras", "tensorflow_serving"):
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, Blocked())
for module in sys.argv[1:]:
    importlib.import_module(module)
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras", "tensorflow_serving"))
print(loaded)
"""


def test_gateway_and_clients_run_where_tensorflow_is_not_installed() -> None:
    names = [
        *(f"aoi_modules.client.{name}" for name in ("grpc.client", "rest.client", "gateway", "picture_answers")),
        *(f"aoi_modules.gateway.{name}" for name in ("server", "launcher", "line")),
        *(f"aoi_modules.commands.{name}" for name in ("gateway", "asking.predict")),
    ]
    run = subprocess.run([sys.executable, "-c", BLOCKED, *names], capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
