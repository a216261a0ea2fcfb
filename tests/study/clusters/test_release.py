"""A release on this machine has the program and its sum, and a damaged one a program that does not fit."""

import hashlib
from pathlib import Path

import pytest

from aoi_modules.study.clusters import release


def summed(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_release_has_the_folders_of_the_internet(tmp_path: Path) -> None:
    laid = release.lay(tmp_path)
    program = tmp_path / laid.version / "bin" / "linux" / "amd64" / "kubectl"
    assert summed(program) == laid.sum
    assert laid.real == (release.here()[0] is not None)


def test_a_damaged_one_differs_by_a_byte_and_leaves_the_original_alone(tmp_path: Path) -> None:
    program, _ = release.here()
    before = summed(program) if program else ""
    laid = release.lay(tmp_path, damaged=True)
    assert summed(laid.folder / "kubectl") != laid.sum
    if program:
        assert summed(program) == before == laid.sum


def test_without_kubectl_a_stand_in_says_that_it_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    laid = release.lay(tmp_path / "releases")
    assert not laid.real
    assert "stands in for kubectl" in (laid.folder / "kubectl").read_text()
