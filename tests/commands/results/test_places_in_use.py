"""Databases that are there, and those that are not."""

from pathlib import Path

from tests import in_process


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "folder" / "typo.db"
    done = in_process.aoi("results", "release", "--reason", "queue", "--database", str(missing))
    assert (done.returncode, f"{missing}: there is no such database" in done.stderr) == (1, True)
    assert not missing.parent.exists()
