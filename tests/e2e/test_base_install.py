"""The base install has no TensorFlow; client and gateway work in it."""

import json
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from aoi_modules.export.heads import Wish
from aoi_modules.export.model_sources import read
from aoi_modules.export.servable import write_servable
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.export.networks import DEFECT, network

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(UV is None, reason="uv is not here to make the second environment; make setup brings it"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bin folder of an environment with the base dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("base")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv/bin/python"
    command = [str(UV), "pip", "install", "--quiet", "--python", str(python), "--constraint", "requirements.lock", "."]
    subprocess.run(command, cwd=ROOT, check=True)
    return python.parent


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    network({"defect": 1}).save(folder / "model.keras")
    write_servable(read(folder / "model.keras", [Wish(threshold=DEFECT.threshold)]), "tile", folder)
    return folder


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"tile": models / "tile"}) as server:
        yield server


def run(base: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(base / command[0]), *command[1:]], capture_output=True, text=True, check=False)


def test_it_has_no_tensorflow(base: Path) -> None:
    assert run(base, "python", "-c", "import tensorflow").returncode == 1
    assert (
        run(base, "python", "-c", "import aoi_modules.gateway.server, aoi_modules.client.grpc.client").returncode == 0
    )


def test_a_command_that_needs_tensorflow_says_what_to_install(base: Path, tmp_path: Path) -> None:
    done = run(base, "aoi", "train", "fashion-mnist", "--profile", "ci", "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "pip install 'aoi-academy[train]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_client_and_gateway_give_the_scores_of_keras(
    base: Path, models: Path, server: EmbeddedServer, tmp_path: Path
) -> None:
    golden = Golden.read(models / "tile/1")
    picture = tmp_path / "part.png"
    picture.write_bytes(golden.pictures[0])
    truth = float(golden.scores["defect"][0, 0])

    asked = run(base, "aoi", "predict", "--grpc", server.grpc, "--model", "tile", "--json", str(picture))
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["heads"][0]["score"] == pytest.approx(truth, abs=1e-5)

    routes = tmp_path / "routes.yaml"
    routes.write_text(yaml.safe_dump({"components": {"tile": {"model": "tile", "upstream": server.grpc}}}))
    ready = tmp_path / "ready.json"
    options = ["--routes", str(routes), "--port", "any", "--ready_file", str(ready)]
    gateway = subprocess.Popen([str(base / "aoi"), "gateway", *options], stderr=subprocess.PIPE)
    try:
        port = wait_for_port(gateway, ready)
        url = f"http://127.0.0.1:{port}/v1/inspect/tile"
        answer = requests.post(url, data=golden.pictures[0], timeout=10)
        assert answer.json()["heads"][0]["score"] == pytest.approx(truth, abs=1e-5)
    finally:
        gateway.terminate()
        gateway.communicate(timeout=30)


def wait_for_port(process: "subprocess.Popen[bytes]", ready: Path) -> int:
    end = time.monotonic() + 240
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail("the gateway was not ready in time")
        time.sleep(0.05)
    return int(json.loads(ready.read_text())["http"])
