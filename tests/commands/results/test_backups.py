"""`aoi results backup` and `restore`, as a user calls them."""

from pathlib import Path

from tests import in_process
from tests.commands.results.lines import Kept


def test_all_of_it_is_copied_into_one_file_and_back_into_an_empty_place(kept: Kept, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "backup.tar", tmp_path / "elsewhere"
    saved = kept.aoi("backup", file)
    assert saved.returncode == 0, saved.stderr
    assert saved.stdout.startswith(f"{file}: the database of 20")
    assert " UTC and 3 pictures, " in saved.stdout
    done = in_process.aoi("results", "restore", file, "--results", elsewhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"restored: {saved.stdout.partition(': ')[2]}"
    assert {path.stem for path in (elsewhere / "pictures").rglob("*.png")} == kept.names()
    again = in_process.aoi("results", "restore", file, "--results", elsewhere)
    assert (again.returncode, "there is a database already" in again.stderr) == (1, True)
    kept.aoi("backup", tmp_path / "rows.tar", "--no-pictures")
    assert "and no pictures" in kept.aoi("restore", tmp_path / "rows.tar", "--database", tmp_path / "new.db").stdout
