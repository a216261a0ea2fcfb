"""Keys made and used, as a user says it."""

from pathlib import Path

import pytest

from aoi_modules.settings import settings
from tests.commands.registry.test_versions import Team
from tests.in_process import aoi
from tests.modelstore.registry.servables import write_version


def test_what_is_signed_is_pulled_and_synced_and_nothing_else(tmp_path: Path) -> None:
    team, key = Team(str(tmp_path / "registry")), tmp_path / "release.pem"
    made = aoi("registry", "keys", key)
    assert made.returncode == 0
    assert made.stdout.endswith(f": {key} signs, {key}.pub believes\n")
    team.said("push", write_version(tmp_path, "tile", 1), "--key", key)
    team.said("label", "tile", "stable", 1, "--key", key)
    team.said("push", write_version(tmp_path, "tile", 2))
    folder, trusting = tmp_path / "models", ["--public-key", f"{key}.pub"]
    assert team.said("pull", "tile:stable", "--base-path", folder, *trusting).endswith("/tile/1\n")
    refused = team.aoi("pull", "tile", "--base-path", folder, *trusting)
    assert refused.returncode == 1
    assert "versions/tile/2.json: expected to be signed by key" in refused.stderr
    synced = team.aoi("sync", "--once", "--models", folder, *trusting)
    assert synced.returncode == 1
    assert "versions/tile/2.json: expected to be signed by key" in synced.stderr
    assert "versions: 1" in (tmp_path / "models" / "models.config").read_text()
    team.said("retire", "tile", 2, "--key", key)
    assert team.aoi("sync", "--once", "--models", folder, *trusting).returncode == 0


def test_a_password_is_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "release.pem"
    monkeypatch.setenv("AOI_SIGNING_PASSWORD", "geheim")
    settings.cache_clear()
    assert aoi("registry", "keys", key).returncode == 0
    assert b"ENCRYPTED" in key.read_bytes()
    team = Team(str(tmp_path / "registry"))
    team.said("push", write_version(tmp_path, "tile", 1), "--key", key)
    monkeypatch.delenv("AOI_SIGNING_PASSWORD")
    settings.cache_clear()
    refused = team.aoi("push", tmp_path / "tile" / "1", "--key", key)
    settings.cache_clear()
    assert refused.returncode == 1
    assert "no private key that can be used" in refused.stderr
    again = aoi("registry", "keys", key)
    assert again.returncode == 1
    assert "is there already" in again.stderr
