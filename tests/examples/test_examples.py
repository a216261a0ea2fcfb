"""The examples run as they stand against the real embedded server, and give the scores of our own clients."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.client.grpc_client import GrpcClient
from aoi_modules.serving.launcher import EmbeddedServer
from tests.client.servables import write_house, write_tile
from tests.gateway.conftest import picture_bytes

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    models = tmp_path_factory.mktemp("models")
    with EmbeddedServer({"tile": write_tile(models), "house": write_house(models)}) as server:
        yield server


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "part.png"
    path.write_bytes(picture_bytes())
    return path


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a copy of an example, in a folder and with a path on which nothing of ours lies."""
    copy = folder / name
    copy.write_text((EXAMPLES / name).read_text())
    command = [sys.executable, "-P", str(copy), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)


def scores(name: str, output: str) -> float:
    answer = ast.literal_eval(output)
    return float(np.ravel(next(iter(answer.values())) if name.startswith("grpc") else answer)[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["http_predict.py", "grpc_predict.py"])
def test_an_example_gives_the_scores_of_our_clients(server: EmbeddedServer, picture: Path, name: str) -> None:
    address = server.rest if name.startswith("http") else server.grpc
    with GrpcClient(server.grpc, "tile") as tile, GrpcClient(server.grpc, "house") as house:
        expected = {
            ("tile",): tile.predict_pictures([picture.read_bytes()]).scores["defect"][0, 0],
            ("house", "3", "1800"): house.predict_pictures([picture.read_bytes()], np.array([[3, 1800]])).scores[
                "price"
            ][0, 0],
        }
    for (model, *numbers), score in expected.items():
        done = run(name, picture.parent, address, model, str(picture), *numbers)
        assert done.returncode == 0, done.stderr
        assert scores(name, done.stdout) == pytest.approx(score, rel=1e-5)
    refused = run(name, picture.parent, address, "none", str(picture))
    assert refused.returncode == 1
    assert "Servable not found" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_depends_on_nothing_of_ours(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert foreign <= {"requests", "grpc", "google", "numpy"}
