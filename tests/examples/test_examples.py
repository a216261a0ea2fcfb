"""The examples run as they stand against the real embedded server, and give the scores of our own clients."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.export.model_sources import read
from aoi_modules.export.reading import Reading
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.servables import write_house, write_tile
from tests.export.networks import network
from tests.gateway.conftest import picture_bytes

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("http_predict.py", "grpc_predict.py")
NOBODY = "127.0.0.1:1"
"""A port at which nobody listens."""
EACH = pytest.mark.parametrize("name", NAMES)


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


def run(name: str, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a copy of an example, in a folder and with a path on which nothing of ours lies."""
    copy = folder / name
    copy.write_text((EXAMPLES / name).read_text())
    command = [sys.executable, "-P", str(copy), *arguments]
    whole = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=whole, timeout=240, check=False)


def scores(name: str, output: str) -> float:
    answer = ast.literal_eval(output)
    return float(np.ravel(next(iter(answer.values())) if name.startswith("grpc") else answer)[0])


@pytest.mark.slow
@EACH
def test_an_example_gives_the_scores_of_our_clients(server: EmbeddedServer, picture: Path, name: str) -> None:
    address = server.rest if name.startswith("http") else server.grpc
    with GrpcClient(Endpoint(server.grpc, "tile")) as tile, GrpcClient(Endpoint(server.grpc, "house")) as house:
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


@pytest.mark.slow
@EACH
def test_a_proxy_of_the_web_is_not_asked(server: EmbeddedServer, picture: Path, name: str) -> None:
    address = server.rest if name.startswith("http") else server.grpc
    proxy = dict.fromkeys(("http_proxy", "https_proxy", "grpc_proxy"), f"http://{NOBODY}")
    done = run(name, picture.parent, address, "tile", str(picture), **proxy, no_proxy="", NO_PROXY="")
    assert done.returncode == 0, done.stderr


@EACH
def test_without_arguments_it_says_how_it_is_used(tmp_path: Path, name: str) -> None:
    for arguments in ([], [NOBODY, "tile"]):
        done = run(name, tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"python {name} " in done.stderr
    asked = run(name, tmp_path, "--help")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert f"python {name} " in asked.stdout


@EACH
def test_a_server_that_is_away_costs_one_sentence(picture: Path, name: str) -> None:
    address = f"http://{NOBODY}" if name.startswith("http") else NOBODY
    done = run(name, picture.parent, address, "tile", str(picture))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert NOBODY in done.stderr


@EACH
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.png"], "picture none.png: No such file or directory"),
        (["part.png", "3", "x"], "features: could not convert string to float: 'x'"),
    ],
)
def test_a_wrong_command_gets_a_sentence(picture: Path, name: str, arguments: list[str], words: str) -> None:
    done = run(name, picture.parent, f"http://{NOBODY}", "house", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", words + "\n")


def test_an_address_without_http_gets_a_sentence(picture: Path) -> None:
    done = run("http_predict.py", picture.parent, "localhost:8501", "tile", str(picture))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("outputs", [{"defect": 1}, {"open": 1, "kind": 3}])
def test_samples_of_a_model_are_what_its_export_expects(picture: Path, outputs: dict[str, int]) -> None:
    model, samples = picture.with_name("model.keras"), picture.with_name("samples.npz")
    network(outputs).save(model)
    done = run("keras2_samples.py", picture.parent, str(model), str(samples), str(picture), str(picture))
    assert done.returncode == 0, done.stderr
    source = read(model, reading=Reading(expect=samples))
    assert source.expected is not None
    assert source.expected.scores.keys() == outputs.keys()
    asked = run("keras2_samples.py", picture.parent)
    assert (asked.returncode, "python keras2_samples.py model.h5" in asked.stderr) == (1, True)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_depends_on_nothing_of_ours(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert foreign <= {"requests", "grpc", "google", "numpy", "tensorflow"}
