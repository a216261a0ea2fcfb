"""`aoi registry`: its verbs, and what happens without a registry."""

import pytest

from aoi_modules.commands.registry.group import command
from aoi_modules.settings import settings
from tests.in_process import aoi

VERBS = ("push", "list", "show", "pull", "label", "retire", "sweep", "sync", "keys")


def test_each_verb_has_help_with_examples() -> None:
    assert set(VERBS) <= set(command.commands)
    for verb in command.commands:
        done = aoi("registry", verb, "--help")
        assert done.returncode == 0
        assert f"aoi registry {verb}" in done.stdout


def test_without_a_registry_it_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AOI_REGISTRY", raising=False)
    settings.cache_clear()
    done = aoi("registry", "list")
    settings.cache_clear()
    assert done.returncode == 2
    assert "no registry is named" in done.stderr
