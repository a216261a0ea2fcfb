"""`aoi k8s` brings its commands together."""

import pytest

from aoi_modules.commands.k8s.group import command


@pytest.mark.parametrize("name", command.commands)
def test_every_command_has_examples(name: str) -> None:
    assert "Examples:" in (command.commands[name].help or "")
