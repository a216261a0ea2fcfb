"""`aoi docker`: what it prints, writes and refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.cli import aoi
from aoi_modules.errors import AoiError, SettingsError
from aoi_modules.settings import settings
from tests.cluster.local.program import info, install

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-that-nobody-guesses"


def run(*words: str) -> Result:
    return CliRunner().invoke(aoi, ["docker", *words], catch_exceptions=False)


@pytest.fixture
def without_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AOI_JUPYTER_TOKEN", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_command_is_printed_and_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = install(tmp_path, monkeypatch, {})
    done = run("jupyter", "--gpu", "--older-docker", "--port", "9000", "--workdir", str(tmp_path), "--print")
    assert done.exit_code == 0
    lines = [line.strip(" \\") for line in done.stdout.splitlines()]
    assert {"--runtime=nvidia", "--publish=127.0.0.1:9000:8888", "--env=JUPYTER_TOKEN"} <= set(lines)
    assert "export JUPYTER_TOKEN" in done.stderr
    assert not calls.exists()


def test_where_nobody_says_which_the_engine_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, {"info": info()})
    done = run("jupyter", "--print", "--json")
    told = json.loads(done.stdout)
    assert told["gpu"] is False
    assert told["command"][-1] == told["image"]
    assert "so a container sees no GPU" in told["note"]
    assert told["note"] in done.stderr


@pytest.mark.usefixtures("without_token")
def test_without_a_token_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = install(tmp_path, monkeypatch, {"info": info()})
    with pytest.raises(SettingsError, match="expected AOI_JUPYTER_TOKEN or --token-file"):
        run("jupyter", "--workdir", str(tmp_path))
    assert not calls.exists()


def test_without_docker_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AoiError, match="docker: the program is not installed"):
        run("jupyter", "--token-file", str(tmp_path / "token"))


def test_builds_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = run("build", "gateway", "jupyter", "--device", "cpu", "--tag", "dev", "--option=--pull", "--print")
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if "--tag" in line] == [
        "  --tag=aoi/gateway:dev \\", "  --tag=aoi/jupyter:dev \\",
    ]  # fmt: skip


def test_images_are_built_and_their_sizes_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    calls = install(tmp_path, monkeypatch, {"info": info(), "image": (0, "426000000\n", "")})
    done = run("build", "gateway", "--tag", "dev", "--json")
    assert json.loads(done.stdout) == [{"image": "aoi/gateway:dev", "bytes": 426_000_000}]
    assert "aoi/gateway:dev: 426 MB" in done.stderr
    assert " build --file=" in calls.read_text()


def test_an_image_that_is_none() -> None:
    done = run("build", "door")
    assert done.exit_code == 2
    assert "Received: 'door'" in done.stderr


def test_secrets_are_made_once(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("PASSWORD=\n")
    assert "PASSWORD" in run("secrets", "--folder", str(tmp_path)).stderr
    assert "nothing was missing" in run("secrets", "--folder", str(tmp_path)).stderr
