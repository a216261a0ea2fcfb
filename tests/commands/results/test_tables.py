"""`aoi results export`, as a user calls it."""

from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.results.record import now
from tests.commands.results.lines import Kept


def test_a_table_of_some_inspections(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    assert kept.aoi("export", out).stdout == f"{out}: 3 inspections\n"
    since = (now() - timedelta(days=2.5)).isoformat()
    some = tmp_path / "some.parquet"
    assert kept.aoi("export", some, "--where", f"since={since}").stdout == f"{some}: 2 inspections\n"
    again = kept.aoi("export", out)
    assert (again.returncode, "cannot be written" in again.stderr) == (1, True)


@pytest.mark.parametrize("where", ["colour=red", "verdict=BAD", "since=yesterday", "verdict"])
def test_a_filter_that_makes_no_sense_is_refused(kept: Kept, tmp_path: Path, where: str) -> None:
    ended = kept.aoi("export", tmp_path / "all.csv", "--where", where)
    assert (ended.returncode, f"{where.partition('=')[0]}: expected" in ended.stderr) == (2, True)
    assert not (tmp_path / "all.csv").exists()
