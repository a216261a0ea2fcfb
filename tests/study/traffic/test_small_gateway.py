"""The program of exercise 9.4, as it is started: verdicts, refusals, and whether it is ready."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from aoi_modules.machine.free_ports import free_ports
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.study.traffic import small_gateway
from tests.client.servables import write_tile
from tests.gateway.conftest import picture_bytes

SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": write_tile(tmp_path_factory.mktemp("models"))}) as running:
        yield running


@pytest.fixture(scope="module")
def url(server: EmbeddedServer) -> Iterator[str]:
    (port,) = free_ports(1)
    words = [f"--model-server={server.grpc}", f"--port={port}", "part=tile", "board=pcb"]
    with subprocess.Popen([sys.executable, str(Path(small_gateway.__file__)), *words]) as program:
        address, until = f"http://127.0.0.1:{port}", time.monotonic() + SECONDS
        while not answers(address):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield address
        program.terminate()


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False  # not yet


def test_a_picture_gets_its_verdict(url: str) -> None:
    answer = requests.post(f"{url}/v1/inspect/part", data=picture_bytes(), timeout=10)
    score = answer.json()["scores"]["defect"]
    assert (answer.status_code, answer.json()["verdict"]) == (200, "FAIL" if score > 0.5 else "PASS")


@pytest.mark.parametrize(("component", "body", "status"), [("x", b"", 404), ("part", b"no picture", 400)])
def test_what_is_no_inspection_is_refused(url: str, component: str, body: bytes, status: int) -> None:
    assert requests.post(f"{url}/v1/inspect/{component}", data=body, timeout=10).status_code == status


def test_it_is_not_ready_while_a_model_is_missing(url: str) -> None:
    answer = requests.get(f"{url}/readyz", timeout=10)
    assert answer.status_code == 503
    assert "pcb" in answer.json()["detail"]


def test_it_is_ready_when_its_models_answer(server: EmbeddedServer) -> None:
    assert small_gateway.SmallGateway(server.grpc, {"part": "tile"}).ready() == (200, {"status": "ready"})
