"""What a backup says of itself, and what it may hold."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.about import NAME, About, read_about, read_rest
from aoi_modules.results.backup.archive import written

ABOUT = About(time=datetime(2026, 11, 30, tzinfo=UTC), database="sqlite", pictures=True)
ADDRESS = f"2026/11/30/00/{'0' * 32}.png"


def archive(path: Path, *members: tuple[str, bytes]) -> Path:
    with written(path) as out:
        for name, content in members:
            out.add(name, content)
    return path


def test_the_first_member_says_what_it_is(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", (NAME, msgspec.json.encode(ABOUT)))
    assert read_about(path) == ABOUT
    assert ABOUT.release.count(".") == 2


def test_what_newer_releases_add_is_passed_over(tmp_path: Path) -> None:
    content = msgspec.json.encode({**msgspec.to_builtins(ABOUT), "colour": "red"})
    assert read_about(archive(tmp_path / "a.tar", (NAME, content))) == ABOUT


@pytest.mark.parametrize("member", [("other.json", b"{}"), (NAME, b"{"), (NAME, b"{}"), (NAME, b'{"database": 7}')])
def test_another_archive_is_no_backup(tmp_path: Path, member: tuple[str, bytes]) -> None:
    with pytest.raises(ResultsError, match="expected a file that aoi results backup wrote"):
        read_about(archive(tmp_path / "a.tar", member))


def test_another_format_is_refused_and_says_whose_it_is(tmp_path: Path) -> None:
    later = msgspec.structs.replace(ABOUT, format=2, release="9.9.9")
    with pytest.raises(ResultsError, match=r"release 9\.9\.9 wrote it in a format"):
        read_about(archive(tmp_path / "a.tar", (NAME, msgspec.json.encode(later))))


def test_database_and_pictures_come_in_their_order(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", (NAME, b"{}"), ("database.sqlite", b"rows"), (f"pictures/{ADDRESS}", b"picture"))
    assert [(address, member.read()) for address, member in read_rest(path, ABOUT)] == [
        ("", b"rows"), (ADDRESS, b"picture"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["database.postgresql", "pictures/../../etc/passwd", "/etc/passwd", ADDRESS, "x"])
def test_nothing_else_is_taken_out_of_it(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.tar", (NAME, b"{}"), (name, b"content"))
    with pytest.raises(ResultsError, match="which no backup of ours has"):
        list(read_rest(path, ABOUT))
