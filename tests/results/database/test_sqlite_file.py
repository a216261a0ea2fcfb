"""A copy of a SQLite file: what is committed, in one file, whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.database.sqlite_file import copy_online, copy_whole
from tests.disks import small_disk


def made(path: Path, size: int = 10) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE parts (a BLOB)")
        database.execute("INSERT INTO parts VALUES (zeroblob(?))", [size])
        database.commit()
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        (count,) = database.execute("SELECT count(*) FROM parts").fetchone()
        return int(count)


def test_what_another_has_not_committed_is_not_in_it_and_it_is_one_file(tmp_path: Path) -> None:
    path, to = made(tmp_path / "results.db"), tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO parts VALUES (1)")
        copy_online(path, to)
        other.commit()
    assert (rows(path), rows(to)) == (2, 1)
    assert sorted(tmp_path.glob("copy*")) == [to]


def test_a_copy_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path, to = made(tmp_path / "results.db"), tmp_path / "copy.db"
    to.write_text("an older one")
    copy_whole(path, to)
    assert rows(to) == 1


def test_what_cannot_be_copied_leaves_the_copy_of_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    path.write_bytes(b"a text that somebody wrote here, long enough for a head of SQLite's " * 30)
    to = tmp_path / "copy.db"
    to.write_text("an older one")
    with pytest.raises(ResultsError, match=r"results\.db: cannot be copied to .*: file is not a database"):
        copy_whole(path, to)
    assert to.read_text() == "an older one"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.db", "results.db"]


def test_a_full_disk_is_told_and_nothing_half_stays(tmp_path: Path) -> None:
    path = made(tmp_path / "results.db", 4 * 10**6)
    with small_disk(tmp_path / "disk", "1m") as disk:
        with pytest.raises(ResultsError, match="database or disk is full"):
            copy_whole(path, disk / "copy.db")
        assert list(disk.iterdir()) == []
