"""Which registry a command means: named, or by the environment."""

from pathlib import Path

import click
import pytest

from aoi_modules.commands.options.registry import RegistryPlace
from aoi_modules.settings import settings


def test_the_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AOI_REGISTRY", str(tmp_path / "a"))
    settings.cache_clear()
    assert RegistryPlace(None).where == str(tmp_path / "a")
    assert RegistryPlace(str(tmp_path / "b")).act(lambda objects: objects.name) == str(tmp_path / "b")
    monkeypatch.delenv("AOI_REGISTRY")
    settings.cache_clear()
    with pytest.raises(click.UsageError, match="no registry is named: --registry PLACE, or export AOI_REGISTRY"):
        RegistryPlace(None).act(lambda objects: objects.name)
    settings.cache_clear()
