import subprocess
import sys
from pathlib import Path

import pytest


def gateway(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from aoi_modules.cli import main; main()", "gateway", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_routes_that_cannot_be_used_are_a_sentence(tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text("components:\n  tile: {model: tile, upstream: nowhere}\n")
    run = gateway("--routes", str(routes))
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: {routes}, line 2: components.tile: upstream: expected HOST:PORT")
    assert "Traceback" not in run.stderr


def test_a_ready_file_without_a_place_is_a_sentence(tmp_path: Path) -> None:
    run = gateway("--routes", str(tmp_path / "none.yaml"), "--ready_file", str(tmp_path / "none" / "ready.json"))
    assert run.returncode == 2
    assert run.stderr.startswith(f"error: --ready_file {tmp_path / 'none' / 'ready.json'}: expected")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--routes", "r.yaml", "--port", "http"], ["--routes", "r.yaml", "--port", "70000"]],
)
def test_wrong_usage(arguments: list[str]) -> None:
    run = gateway(*arguments)
    assert run.returncode == 2
    assert "Usage:" in run.stderr


def test_help_shows_how() -> None:
    run = gateway("--help")
    assert run.returncode == 0
    assert "aoi gateway --routes routes.yaml --port 8080" in run.stdout


def test_other_machines_reach_it_by_tls_alone(tmp_path: Path) -> None:
    run = gateway("--routes", str(tmp_path / "routes.yaml"), "--host", "0.0.0.0")
    assert run.returncode == 2
    assert run.stderr.startswith("error: --host 0.0.0.0: expected TLS")
    assert "--behind-proxy NETWORK" in run.stderr


def test_without_results_nobody_could_come_from_elsewhere(tmp_path: Path) -> None:
    run = gateway("--routes", str(tmp_path / "routes.yaml"), "--results", "none", "--behind-proxy", "10.0.0.0/8")
    assert run.returncode == 2
    assert run.stderr.startswith("error: --results none: expected a folder, because users and keys are kept there")


def test_a_certificate_without_its_key_is_a_sentence(tmp_path: Path) -> None:
    run = gateway("--routes", str(tmp_path / "routes.yaml"), "--tls_cert", str(tmp_path / "gateway.pem"))
    assert run.returncode == 2
    assert run.stderr.startswith("error: --tls_cert, --tls_key: expected both")
