"""Versions pushed, listed, shown, pulled and swept, as a user says it."""

import json
import os
from pathlib import Path

import pytest

from aoi_modules.commands.registry.versions import you
from aoi_modules.modelstore import version_dir
from tests.in_process import Ended, aoi
from tests.modelstore.registry.servables import write_version
from tests.seaweedfs import NEED, SeaweedFS


class Team:
    """Who shares a registry, by a place."""

    def __init__(self, place: str) -> None:
        self.place = place

    def aoi(self, verb: str, *words: object) -> Ended:
        return aoi("registry", verb, *words, "--registry", self.place)

    def said(self, verb: str, *words: object) -> str:
        done = self.aoi(verb, *words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


def test_a_version_on_its_way_through_a_registry(place: str, tmp_path: Path) -> None:
    team = Team(place)
    assert team.said("list", "--json") == "[]\n"
    first = write_version(tmp_path, "tile", 3)
    assert team.said("push", first, "--who", "Müller") == "tile:3\n"
    pushed = json.loads(team.said("push", first, "--who", "Meier", "--json"))
    assert (pushed["version"], pushed["who"]) == (4, "Meier")
    assert team.said("label", "tile", "stable", 3) == "tile:stable is version 3\n"
    header, *rows = team.said("list").splitlines()
    assert header.split() == ["model", "version", "since", "(UTC)", "labels"]
    assert [(row.split()[:2], row.split()[4:]) for row in rows] == [(["tile", "3"], ["stable"]), (["tile", "4"], [])]
    rows = json.loads(team.said("list", "tile", "--json"))
    assert [(row["version"], row["labels"], row["retired"]) for row in rows] == [(3, ["stable"], False), (4, [], False)]
    got = Path(team.said("pull", "tile:stable", "--base-path", tmp_path / "models").strip())
    assert got == tmp_path / "models" / "tile" / "3"
    version_dir.verify(got)
    assert team.said("pull", "tile", "--base-path", tmp_path / "models").endswith("/tile/4\n")
    assert team.said("sweep", "--older-than", 0) == "nothing is left that could go\n"
    team.said("retire", "tile", 4)
    would = team.said("sweep", "--retired-older-than", 0, "--dry-run")
    assert would.startswith("would go: version 4 of tile, retired ")
    assert would.endswith(" kB\n")
    assert team.said("sweep", "--retired-older-than", 0) == would.replace("would go", "went")
    assert "its files were swept" in team.aoi("show", "tile:4").stderr


def test_a_version_is_shown_with_its_heads_and_moves(tmp_path: Path) -> None:
    team = Team(str(tmp_path / "registry"))
    team.said("push", write_version(tmp_path, "tile", 3), "--who", "Müller")
    team.said("label", "tile", "canary", 3, "--who", "Meier", "--reason", "new lamp")
    team.said("label", "tile", "canary", "--remove", "--who", "Meier")
    team.said("retire", "tile", 3, "--who", "Meier", "--reason", "overkill")
    lines = team.said("show", "tile:3").splitlines()
    assert lines[0] == "tile:3"
    for line, ending in zip(
        lines[1:],
        ["UTC by Müller", " kB", "head defect: defect, good, defect, threshold 0.5", "UTC by Meier: overkill",
         "UTC by Meier", "UTC by Meier: new lamp"],
        strict=True,
    ):  # fmt: skip
        assert line.endswith(ending)
    assert "label canary to nothing" in lines[5]
    shown = json.loads(team.said("show", "tile:3", "--json"))
    assert shown["retired"]["reason"] == "overkill"
    assert [move["number"] for move in shown["moves"]] == [2, 1]
    assert shown["manifest"]["component"] == "tile"


def test_an_unreadable_label_is_told_after_all_else(tmp_path: Path) -> None:
    team = Team(str(tmp_path / "registry"))
    team.said("push", write_version(tmp_path, "tile", 3))
    team.said("label", "tile", "stable", 3)
    bad = tmp_path / "registry" / "labels" / "tile" / "canary" / "1.json"
    bad.parent.mkdir()
    bad.write_text("no move")
    for verb, words, part in (("list", ["--json"], '"stable"'), ("show", ["tile:stable"], "label stable to version 3")):
        done = team.aoi(verb, *words)
        assert done.returncode == 1
        assert part in done.stdout
        assert "canary/1.json: expected a move of a registry" in done.stderr
    bad.unlink()
    bad.parent.rmdir()
    for file in (tmp_path / "registry" / "uploads").rglob("manifest.json"):
        file.unlink()
    done = team.aoi("show", "tile")
    assert (done.returncode, done.stdout) == (1, "")
    assert "manifest.json is missing" in done.stderr


def test_who_has_no_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)  # as in an image, whose users have no names
    assert you() == "user 54321"


def test_what_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    team = Team(str(tmp_path / "registry"))
    for verb, words in (("show", ["tile"]), ("list", ["tile"]), ("pull", ["tile", "--base-path", tmp_path])):
        done = team.aoi(verb, *words)
        assert done.returncode == 1
        assert done.stderr.startswith("error: the registry ")
        assert "has no model 'tile'" in done.stderr
    done = team.aoi("push", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no manifest there" in done.stderr


@NEED[0]
@NEED[1]
@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("AWS_SECRET_ACCESS_KEY", "refuses: the secret key does not belong to the access key"),
        ("AWS_ACCESS_KEY_ID", "refuses: it does not know the access key"),
    ],
)
def test_wrong_keys_and_missing_buckets_are_sentences(
    seaweedfs: SeaweedFS, bucket_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, words: str
) -> None:
    folder = write_version(tmp_path, "tile", 3)
    missing = Team(seaweedfs.url("nobody-made-this")).aoi("push", folder)
    assert missing.returncode == 1
    assert "refuses: " in missing.stderr
    monkeypatch.setenv(variable, "wrong")
    for verb, given in (("push", [folder]), ("list", []), ("pull", ["tile", "--base-path", tmp_path / "models"])):
        done = Team(bucket_url).aoi(verb, *given)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
