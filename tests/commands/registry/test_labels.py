"""Labels moved and versions retired, as a user says it."""

import json
from pathlib import Path

import pytest

from tests.commands.registry.test_versions import Team
from tests.modelstore.registry.servables import write_version


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Whose registry has two versions."""
    made = Team(str(tmp_path / "registry"))
    for version in (1, 2):
        made.said("push", write_version(tmp_path, "tile", version))
    return made


def test_a_label_moves_by_number_or_by_another_label(team: Team) -> None:
    assert team.said("label", "tile", "canary", 2) == "tile:canary is version 2\n"
    move = json.loads(team.said("label", "tile", "stable", "canary", "--who", "Müller", "--reason", "good", "--json"))
    assert (move["version"], move["number"], move["who"], move["reason"]) == (2, 1, "Müller", "good")
    assert team.said("label", "tile", "canary", "--remove") == "tile:canary is taken away\n"


def test_a_label_needs_a_version_or_none(team: Team) -> None:
    for words in (["stable"], ["stable", 1, "--remove"]):
        done = team.aoi("label", "tile", *words)
        assert done.returncode == 2
        assert "expected VERSION, or --remove, and not both" in done.stderr


def test_a_version_is_retired_unless_a_label_points_to_it(team: Team) -> None:
    team.said("label", "tile", "stable", 1)
    refused = team.aoi("retire", "tile", 1)
    assert refused.returncode == 1
    assert "version 1 of tile has the label stable" in refused.stderr
    assert team.said("retire", "tile", 2, "--who", "me").endswith(" UTC, by me\n")
    assert json.loads(team.said("retire", "tile", 2, "--json"))["who"] == "me"
    assert [row["retired"] for row in json.loads(team.said("list", "--json"))] == [False, True]
    done = team.aoi("label", "tile", "stable", 2)
    assert done.returncode == 1
    assert "version 2 of tile is retired" in done.stderr
