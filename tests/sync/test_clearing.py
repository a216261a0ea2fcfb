"""Versions leave the folder, and what a kill left goes."""

import shutil
from pathlib import Path

import pytest

from aoi_modules.errors import StoreError
from aoi_modules.sync.clearing import clear, remove


def make(*folders: Path) -> None:
    for folder in folders:
        (folder / "variables").mkdir(parents=True)
        (folder / "saved_model.pb").write_text("graph")


def names(models: Path) -> set[str]:
    return {path.name for path in (models / "tile").iterdir()}


def test_a_version_goes_out_of_sight_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "tile" / "1", tmp_path / "tile" / "2")
    remove(tmp_path / "tile" / "1")
    assert names(tmp_path) == {"2"}
    remove(tmp_path / "tile" / "1")  # it is gone already
    seen: list[set[str]] = []
    rmtree = shutil.rmtree

    def watched(path: Path) -> None:
        seen.append(names(tmp_path))
        rmtree(path)

    monkeypatch.setattr(shutil, "rmtree", watched)
    make(tmp_path / "tile" / ".leaving-2")  # of a try that was killed
    remove(tmp_path / "tile" / "2")
    assert seen == [{"2", ".leaving-2"}, {".leaving-2"}]
    assert names(tmp_path) == set()


def test_what_a_kill_left_goes_but_what_is_still_to_come(tmp_path: Path) -> None:
    make(*(tmp_path / "tile" / name for name in ("1", ".leaving-2", ".incoming-3-ab", ".incoming-4-cd", ".incoming-x")))
    clear(tmp_path, {("tile", 4), ("house", 3)})
    assert names(tmp_path) == {"1", ".incoming-4-cd"}


def test_what_cannot_be_deleted_is_told(tmp_path: Path) -> None:
    (tmp_path / "tile").mkdir()
    (tmp_path / "tile" / ".leaving-1").write_text("a file")
    make(tmp_path / "tile" / ".leaving-2", tmp_path / "tile" / ".incoming-3-ab")
    (problem,) = clear(tmp_path, ())
    assert problem.endswith(".leaving-1: cannot be deleted: Not a directory")
    assert names(tmp_path) == {".leaving-1"}  # all else went
    make(tmp_path / "tile" / "1")
    with pytest.raises(StoreError, match="cannot be deleted: Not a directory"):
        remove(tmp_path / "tile" / "1")
