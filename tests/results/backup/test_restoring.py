"""From both databases and stores into a backup and back; a damaged one, or a place that is not empty, is refused."""

import asyncio
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.restoring import verify
from tests.disks import fill, small_disk
from tests.results.backup.conftest import PICTURES, RECORDS, Line, New


def test_what_was_there_is_there_again(tmp_path: Path, new_line: New) -> None:
    async def run() -> None:
        old, new = await new_line("old").fill(), new_line("new")
        saved = await old.back_up(tmp_path / "backup.tar")
        restored = await new.restore(tmp_path / "backup.tar")
        assert saved == restored == verify(tmp_path / "backup.tar")
        assert saved.pictures == len(PICTURES)
        records, held, pictures = await new.found()
        assert (records, pictures) == (RECORDS, PICTURES)
        assert [(one.reason, one.who) for one in held] == [("complaint 4711", "Müller")]
        assert await old.found() == (records, held, pictures)
        with pytest.raises(ResultsError, match="already"):
            await new.restore(tmp_path / "backup.tar")
        assert await new.found() == (records, held, pictures)
        assert [path.name for path in tmp_path.glob(".*")] == []

    asyncio.run(run())


def place(folder: Path) -> Line:
    return Line(str(folder / "results.sqlite"), str(folder / "pictures"))


def test_of_a_damaged_backup_nothing_is_used(tmp_path: Path, backup: Path) -> None:
    whole = backup.read_bytes()
    damaged = tmp_path / "damaged.tar"
    one = sorted(PICTURES)[7]
    for start in (whole.index(PICTURES[one]), whole.index(b"SQLite format 3"), len(whole) // 2):
        damaged.write_bytes(whole[:start] + bytes([whole[start] ^ 1]) + whole[start + 1 :])
        with pytest.raises(ResultsError, match="is damaged, so nothing of it is used"):
            asyncio.run(place(tmp_path / "new").restore(damaged))
    damaged.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ResultsError, match="is cut off or damaged, so nothing of it is used"):
        asyncio.run(place(tmp_path / "new").restore(damaged))
    assert not (tmp_path / "new").exists()


def test_pictures_that_are_there_are_not_mixed_with_others(tmp_path: Path, backup: Path) -> None:
    async def run() -> None:
        new = await place(tmp_path).fill()
        (tmp_path / "results.sqlite").unlink()
        with pytest.raises(ResultsError, match=r"\.png is there already"):
            await new.restore(backup)
        assert not (tmp_path / "results.sqlite").exists()
        assert {one.name for one in (tmp_path / "pictures").rglob("*.png")} == {Path(name).name for name in PICTURES}

    asyncio.run(run())


def test_what_finds_no_room_is_taken_away_again(tmp_path: Path, backup: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        filler = fill(disk)
        for folder in range(5):
            with pytest.raises(ResultsError, match="No space left"):
                asyncio.run(place(disk).restore(backup))
            assert [path for path in disk.rglob("*") if path.is_file()] == [filler], folder
            filler.write_bytes(filler.read_bytes()[: -4096 * (10 + folder)])


def test_a_backup_goes_back_to_its_own_kind_of_database(backup: Path, tmp_path: Path) -> None:
    line = Line("postgresql://aoi@127.0.0.1/results", str(tmp_path / "pictures"))
    with pytest.raises(ResultsError, match=r"expected a place of sqlite, .*Received: postgresql"):
        asyncio.run(line.restore(backup))
