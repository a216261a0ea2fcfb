import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", "from aoi_modules.cli import main; main()", "load", *map(str, arguments)]


def load(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=240, check=False)


def test_what_was_measured(server: ModelServer) -> None:
    run = load("--grpc", server.address, "--model", "tile", "--clients", "2", "--requests", "40")
    assert (run.returncode, run.stderr) == (0, "")
    assert "40 requests by 2 clients in " in run.stdout
    assert "answered 40: " in run.stdout
    assert "ms a request: p50 " in run.stdout
    assert to_array(server.asked[-1].inputs["image"])[0].startswith(b"\x89PNG")


def test_json_of_batches_and_a_plot(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "part.png").write_bytes(picture_bytes())
    plot = tmp_path / "load.svg"
    arguments = ["--requests", "10", "--batch", "3", "--json", "--plot", str(plot), str(tmp_path / "*.png")]
    run = load("--grpc", server.address, "--model", "tile", *arguments)
    assert run.returncode == 0, run.stderr
    measured = json.loads(run.stdout)
    assert (measured["requests"], measured["pictures"], measured["finished"]) == (10, 30, True)
    assert set(measured["milliseconds"]) == {"mean", "p50", "p90", "p99", "slowest"}
    assert "<svg" in plot.read_text()[:1000]
    assert run.stderr == f"{plot}: the latencies\n"


@pytest.mark.parametrize("name", ["load", "load.doc", "none/load.png", "folder.png"])
def test_a_plot_that_cannot_be_drawn_is_refused_before_the_load(server: ModelServer, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.png").mkdir()
    run = load("--grpc", server.address, "--model", "tile", "--requests", "5", "--plot", tmp_path / name)
    assert run.returncode == 2
    assert "Invalid value for '--plot'" in run.stderr
    assert not server.asked


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_as_shells_have_it_whatever_becomes_of_the_plot(server: ModelServer, tmp_path: Path) -> None:
    plot = tmp_path / "load.png"
    plot.symlink_to("/dev/full")
    run = stopped(server, "--plot", str(plot))
    assert run.returncode == 130
    assert f"error: --plot: {plot} cannot be written: " in run.stderr


def test_all_pictures_take_turns(server: ModelServer, tmp_path: Path) -> None:
    for size in (8, 9, 10):
        (tmp_path / f"{size}.png").write_bytes(picture_bytes(size=(size, size)))
    run = load("--grpc", server.address, "--model", "tile", "--requests", "12", "--clients", "2", tmp_path)
    assert run.returncode == 0, run.stderr
    asked = [request for request in server.asked if request.model_spec.signature_name == "serving_default"]
    assert len({to_array(request.inputs["image"])[0] for request in asked}) == 3


def test_pixels(server: ModelServer) -> None:
    run = load("--grpc", server.address, "--model", "tile", "--requests", "5", "--pixels", "--batch", "2")
    assert run.returncode == 0, run.stderr
    request = server.asked[-1]
    assert request.model_spec.signature_name == "pixels"
    assert to_array(request.inputs["image"]).shape == (2, 8, 8, 1)


def stopped(server: ModelServer, *more: str) -> subprocess.CompletedProcess[str]:
    """A load that Ctrl-C ended."""
    arguments = command("--grpc", server.address, "--model", "tile", "--seconds", "50", "--json", *more)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 240
        while len(server.asked) < 20 and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_shows_what_was_measured_until_then(server: ModelServer) -> None:
    run = stopped(server)
    assert run.returncode == 130, run.stderr
    measured = json.loads(run.stdout)
    assert measured["finished"] is False
    assert measured["answered"] > 0


def test_a_model_without_manifest_needs_a_picture(server: ModelServer) -> None:
    server.manifests.clear()
    run = load("--grpc", server.address, "--model", "tile", "--requests", "1")
    assert run.returncode == 1
    assert "at least one picture is needed" in run.stderr


def test_nobody_there(server: ModelServer) -> None:
    server.stop()
    run = load("--grpc", server.address, "--model", "tile", "--requests", "1")
    assert run.returncode == 1
    assert "no model server answers" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("arguments", [[], ["--clients", "0"], ["--seconds", "0"], ["--requests", "0"]])
def test_wrong_usage(arguments: list[str]) -> None:
    run = load("--model", "tile", *(["--grpc", "h:1"] if arguments else []), *arguments)
    assert run.returncode == 2
    assert "Usage:" in run.stderr
