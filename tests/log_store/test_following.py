"""A file that grows: whole lines, each once, and again until they were kept."""

from pathlib import Path

import pytest

from aoi_modules.log_store import following
from aoi_modules.log_store.following import Follower


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_whole_lines_come_once_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    assert follower.lines() == ()
    append(path, "one\n\ntwo\nthr")
    assert follower.lines() == ["one", "two"]
    assert follower.lines() == ["one", "two"], "nobody kept them"
    append(path, "ee\n")
    assert follower.lines() == ["one", "two", "three"]
    follower.keep()
    assert follower.lines() == []
    append(path, "four\n")
    assert follower.lines() == ["four"]


def test_what_comes_between_reading_and_keeping_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    append(path, "one\n")
    assert follower.lines() == ["one"]
    append(path, "two\n")
    follower.keep()
    assert follower.lines() == ["two"]


def test_much_comes_in_pieces_and_a_line_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_BYTES", 8)
    path = tmp_path / "log"
    path.write_bytes(b"aaa\nbbb\nccc\n" + b"d" * 10 + b"\n")
    follower, found = Follower(path), list[str]()
    for _ in range(6):
        found += follower.lines()
        follower.keep()
    assert found == ["aaa", "bbb", "ccc", "d" * 8, "dd"]


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\xff\xfe!\n")
    assert Follower(tmp_path / "log").lines() == ["\ufffd\ufffd!"]
