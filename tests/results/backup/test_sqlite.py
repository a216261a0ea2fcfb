"""A SQLite file that others write to becomes one file, and is there again whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.sqlite import SqliteSnapshot
from tests.disks import fill, small_disk


def database(path: Path, rows: int) -> Path:
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE a (b TEXT)")
        made.executemany("INSERT INTO a VALUES (?)", [(f"row {number}" * 20,) for number in range(rows)])
        made.commit()
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as opened:
        return int(opened.execute("SELECT count(*) FROM a").fetchone()[0])


def test_a_copy_has_what_was_committed_and_holds_up_nobody(tmp_path: Path) -> None:
    path = database(tmp_path / "it's.sqlite", 100)
    with closing(sqlite3.connect(path)) as writing:
        writing.execute("INSERT INTO a VALUES ('not committed yet')")
        SqliteSnapshot(path).save(tmp_path / "copy")
        writing.commit()
    assert (rows(path), rows(tmp_path / "copy")) == (101, 100)
    SqliteSnapshot(path).save(tmp_path / "copy")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy", "it's.sqlite"]
    assert rows(tmp_path / "copy") == 101


def test_a_copy_becomes_a_database_in_an_empty_place_only(tmp_path: Path) -> None:
    there = SqliteSnapshot(tmp_path / "new" / "results.sqlite")
    there.folder.mkdir()
    SqliteSnapshot(database(tmp_path / "old", 10)).save(there.folder / "copy")
    there.check_empty()
    there.load(there.folder / "copy")
    assert rows(tmp_path / "new" / "results.sqlite") == 10
    with pytest.raises(ResultsError, match="there is a database already"):
        there.check_empty()


def test_what_is_no_database_becomes_none(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"no database" * 1000)
    with pytest.raises(ResultsError, match="the database of the backup is damaged: file is not a database"):
        SqliteSnapshot(tmp_path / "results.sqlite").load(tmp_path / "copy")
    assert not (tmp_path / "results.sqlite").exists()
    with pytest.raises(ResultsError, match="cannot be copied"):
        SqliteSnapshot(tmp_path / "copy").save(tmp_path / "another")


def test_a_damaged_database_becomes_none(tmp_path: Path) -> None:
    path = database(tmp_path / "old", 1000)
    SqliteSnapshot(path).save(tmp_path / "copy")
    content = bytearray((tmp_path / "copy").read_bytes())
    content[8192:12288] = bytes(4096)
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(ResultsError, match="the database of the backup is damaged"):
        SqliteSnapshot(tmp_path / "results.sqlite").load(tmp_path / "copy")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    path = database(tmp_path / "old", 1000)
    with small_disk(tmp_path / "disk", "1m") as disk:
        fill(disk)
        with pytest.raises(ResultsError, match=r"cannot be copied to .*copy: database or disk is full"):
            SqliteSnapshot(path).save(disk / "copy")
