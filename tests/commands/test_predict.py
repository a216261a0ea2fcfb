import csv
import json
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


def test_csv_has_a_line_a_head(server: ModelServer, picture: str) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--csv", picture)
    assert (run.returncode, run.stderr) == (0, "")
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert [(row["picture"], row["head"], row["label"], row["verdict"]) for row in rows] == [
        (picture, "defect", "crack", "PASS"),
        (picture, "surface", "smooth", "PASS"),
    ]
    assert float(rows[0]["score"]) == pytest.approx(0.1)
    assert rows[0]["version"] == "1"


def test_a_folder_a_pattern_and_what_is_wrong_with_some(server: ModelServer, picture: str, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for number in range(30):
        (parts / f"{number:02}.png").write_bytes(Path(picture).read_bytes())
    (parts / "07.png").write_bytes(b"no picture")
    places = [str(parts), f"{parts}/2*.png", str(tmp_path / "*.gif")]
    run = predict("--grpc", server.address, "--model", "tile", "--json", "--jobs", "3", *places)
    assert run.returncode == 1
    names = [Path(json.loads(line)["picture"]).stem for line in run.stdout.splitlines()]
    assert names == [f"{n:02}" for n in range(30) if n != 7] + [f"{n}" for n in range(20, 30)]
    assert f"error: {tmp_path / '*.gif'}: no file has such a name" in run.stderr
    assert f"error: {parts / '07.png'}: expected a PNG" in run.stderr
    asked = sum(request.model_spec.signature_name == "manifest" for request in server.asked)
    assert asked <= 4, "once before, and once a thread; not once a picture"


def test_a_picture_that_takes_too_long_does_not_stop_the_others(server: ModelServer, picture: str) -> None:
    server.gate.clear()
    run = predict("--grpc", server.address, "--model", "tile", "--timeout", "0.5", "--jobs", "2", picture, picture)
    assert run.returncode == 1
    assert run.stderr.count(f"error: {picture}: the model server at") == 2


def test_at_most_so_many_pictures_at_once(server: ModelServer, picture: str) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--json", "--jobs", "1", *[picture] * 9)
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 9


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
        ["--grpc", "h:1", "--model", "tile", "--json", "--csv", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--version", "1", "--label", "stable", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--jobs", "0", "a.png"],
        ["--grpc", "h:1", "--model", "tile"],
        ["--grpc", "h:1", "--model", "tile", "--timeout", "0", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--version", "0", "a.png"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    run = predict(*arguments)
    assert run.returncode == 2
    assert "Usage:" in run.stderr
