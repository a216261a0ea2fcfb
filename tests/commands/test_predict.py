import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "part.png"
    path.write_bytes(picture_bytes())
    return str(path)


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def predict(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from aoi_modules.cli import main; main()", "predict", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_table_of_scores_and_verdicts(server: ModelServer, picture: str) -> None:
    server.outputs = scores_of(0.9)
    run = predict("--grpc", server.address, "--model", "tile", picture)
    assert (run.returncode, run.stderr) == (0, "")
    words = [line.replace("│", " ").split() for line in run.stdout.splitlines()]
    assert [picture, "defect", "crack", "0.9000", "FAIL"] in words
    assert [picture, "surface", "smooth", "0.7000"] in words


def test_json_lines_and_errors_apart(server: ModelServer, picture: str, tmp_path: Path) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--json", str(tmp_path / "none.png"), picture, picture)
    assert run.returncode == 1
    assert run.stderr == f"error: {tmp_path / 'none.png'}: cannot be read: No such file or directory\n"
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(line["picture"], line["verdict"]) for line in lines] == [(picture, "PASS")] * 2
    assert lines[0]["model"] == {"name": "tile", "version": 1}
    assert lines[0]["heads"][0]["score"] == pytest.approx(0.1)


def test_no_server_is_a_sentence_not_a_trace(free_port: int, picture: str) -> None:
    run = predict("--grpc", f"127.0.0.1:{free_port}", "--model", "tile", picture)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith(f"error: no model server answers at 127.0.0.1:{free_port}")
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--model", "tile", "a.png"],
        ["--grpc", "h:1", "--http", "http://h:1", "--model", "tile", "a.png"],
        ["--grpc", "h:1", "a.png"],
        ["--grpc", "h:1", "--model", "tile"],
        ["--grpc", "h:1", "--model", "tile", "--timeout", "0", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--version", "0", "a.png"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    run = predict(*arguments)
    assert run.returncode == 2
    assert "Usage:" in run.stderr
