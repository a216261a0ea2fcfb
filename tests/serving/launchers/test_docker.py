"""The command that runs the real image; there is no daemon here to run it."""

import os
import re
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.serving.flags import Flags
from aoi_modules.serving.launchers import docker as launcher
from aoi_modules.serving.model_config import ServedModel

ROOT = Path(__file__).parents[3]


def test_the_image_is_that_of_the_whole_project() -> None:
    versions = (ROOT / "docker/versions.env").read_text()
    assert re.search(r"^TENSORFLOW_SERVING_IMAGE=(.+)$", versions, re.MULTILINE)[1] == launcher.IMAGE  # type: ignore[index]


def test_the_same_arguments_on_the_same_paths(tmp_path: Path) -> None:
    base = tmp_path / "tile"
    flags = Flags(port=8500, rest_api_port=8501, model_name="tile", model_base_path=str(base), run_threads=3)
    words = launcher.command("docker", flags, [ServedModel("tile", base)])
    image = words.index(launcher.IMAGE)
    assert f"--volume={base}:{base}" in words[:image]
    assert {"--publish=0.0.0.0:8500:8500", "--publish=0.0.0.0:8501:8501"} <= set(words[:image])
    assert words[image + 1 :] == [
        "--port=8500", "--rest_api_port=8501", "--model_name=tile", f"--model_base_path={base}",
    ]  # fmt: skip


def test_switches_and_the_folders_of_config_files(tmp_path: Path) -> None:
    config = tmp_path / "config" / "models.config"
    flags = Flags(model_config_file=str(config), rest_api_enable_cors_support=True, host="127.0.0.1")
    words = launcher.command("podman", flags, [])
    assert words[0] == "podman"
    assert f"--volume={config.parent}:{config.parent}" in words
    assert words[-2:] == ["--rest_api_enable_cors_support=true", f"--model_config_file={config}"]
    assert "--publish=127.0.0.1:8500:8500" in words


def test_flags_that_are_our_own_never_reach_the_original(tmp_path: Path) -> None:
    flags = Flags(
        model_base_path=str(tmp_path), engine="docker", host="127.0.0.1", run_threads=7, log_format="json",
        input_checks="*=none", slow_call_ms=3, log_calls=True, drain_seconds=0.0, start_without_versions=True,
        ready_file="ready",
    )  # fmt: skip
    changed = {flag.name for flag in fields(flags) if getattr(flags, flag.name) != flag.default}
    assert {flag.name for flag in fields(flags) if flag.metadata.get("ours")} <= changed, "one more: name it above"
    words = launcher.command("docker", flags, [])
    assert words[words.index(launcher.IMAGE) + 1 :] == ["--port=8500", f"--model_base_path={tmp_path}"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "docker is not installed; podman is not installed"),
        ("#!/bin/sh\necho Cannot connect to the daemon >&2\nexit 1\n", "docker does not work: Cannot connect to the d"),
        ("#!/bin/sh\nexit 0\n", ""),
    ],
)
def test_without_docker_it_says_so(
    script: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script is not None:
        (tmp_path / "docker").write_text(script)
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if not reason:
        assert launcher.find_program() == str(tmp_path / "docker")
        return
    with pytest.raises(AoiError, match=f"--engine=docker: {reason}") as caught:
        launcher.find_program()
    assert "the embedded server takes the same flags" in caught.value.hint


def test_a_program_that_ends_before_it_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\n[ $1 = info ] && exit 0\nexit 125\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    flags = Flags(port=0, rest_api_port=-1, ready_file=str(tmp_path / "ready"))
    with pytest.raises(AoiError, match="ended with exit code 125 before it was ready"):
        launcher.run(flags, [])
    assert launcher.run(Flags(port=0), []) == 125


def test_told_to_stop_it_stops_the_container(tmp_path: Path) -> None:
    docker, started = tmp_path / "docker", tmp_path / "started"
    docker.write_text(
        f"#!/bin/sh\n[ $1 = info ] && exit 0\necho $$ > {started}.new; mv {started}.new {started}\nexec sleep 600\n"
    )
    docker.chmod(0o755)
    program = "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--engine=docker", f"--model_base_path={tmp_path}"]
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(command, env=os.environ | {"PATH": path}) as server:
        while not started.exists():
            assert server.poll() is None
            time.sleep(0.02)
        server.terminate()
        assert server.wait(60) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
