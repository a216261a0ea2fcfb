"""What is below a folder, through links, and what is told of the rest."""

import os
from pathlib import Path

import pytest

from aoi_modules.datasets import tree
from aoi_modules.datasets.tree import level, named, told, walk


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def files(found: tree.Tree, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found.files]


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    put(tmp_path, "b.png", "a/2.png", "a/1.png", "a b.png")
    assert files(walk(tmp_path), tmp_path) == ["a/1.png", "a/2.png", "a b.png", "b.png"]
    top = level(tmp_path)
    assert (files(top, tmp_path), top.folders) == (["a b.png", "b.png"], [tmp_path / "a"])


def test_links_to_folders_are_followed_at_any_depth(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/1.png", "far/2.png", "set/0.png")
    (tmp_path / "set/lot").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/deeper").symlink_to(tmp_path / "far")
    found = walk(tmp_path / "set")
    assert files(found, tmp_path / "set") == ["0.png", "lot/1.png", "lot/deeper/2.png"]
    assert (found.passed, found.lost) == ([], [])


def test_a_loop_ends_and_a_folder_is_listed_once_under_its_own_name(tmp_path: Path) -> None:
    put(tmp_path, "z/1.png")
    (tmp_path / "z/again").symlink_to(tmp_path)
    (tmp_path / "a").symlink_to(tmp_path / "z")
    found = walk(tmp_path)
    assert files(found, tmp_path) == ["z/1.png"]
    assert told(found.passed, tmp_path) == ["passed over: another way to folders that are listed already: 2, such as a"]


def test_what_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "good/1.png", "locked/2.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    iterdir = Path.iterdir

    def refused(path: Path) -> object:  # root may read everything, so the refusal is made here
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    found = walk(tmp_path)
    assert files(found, tmp_path) == ["good/1.png"]
    assert [(lost.path.name, lost.why) for lost in found.lost] == [
        ("gone.png", f"a link to {tmp_path}/nowhere.png, which is not there"),
        ("locked", "cannot be read: Permission denied"),
        ("self", f"a link to {tmp_path}/self, which is not there"),
    ]


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert told(walk(tmp_path).passed, tmp_path) == ["passed over: no file: pipe.png"]


def test_names_that_are_no_utf8_are_told_readably(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"gr\xfcn.png")
    assert named([odd], tmp_path) == "gr\\udcfcn.png"
