"""Inspections as a table: every head a row, the same in CSV and Parquet."""

import csv
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from pyarrow import parquet

from aoi_modules.errors import MissingExtra, ResultsError
from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from aoi_modules.results.tabling import COLUMNS, rows_of, write_table
from aoi_modules.verdict import Verdict
from tests.documents import ROOT
from tests.results.conftest import with_database
from tests.results.units.conftest import record


def judged(unit: str, heads: int) -> Record:
    one = record(unit, "left", Verdict.REVIEW)
    results = tuple(
        HeadResult(
            name=f"head{number}", kind="defect", label='a "crack", here', score=0.25 * number, scores=None,
            threshold=0.5, review_band=(0.4, 0.5) if number else None, verdict=Verdict.REVIEW, limits_from="route",
        )
        for number in range(heads)
    )  # fmt: skip
    return msgspec.structs.replace(one, inspection=msgspec.structs.replace(one.inspection, heads=results))


def test_every_head_is_a_row_with_all_columns() -> None:
    rows = list(rows_of(judged("S1", 2)))
    assert [row["head"] for row in rows] == ["head0", "head1"]
    assert set(rows[0]) == set(COLUMNS)
    assert (rows[1]["band_from"], rows[1]["band_to"], rows[0]["band_from"]) == (0.4, 0.5, None)


def test_an_inspection_without_heads_is_a_row() -> None:
    (row,) = rows_of(judged("S1", 0))
    assert set(row) <= set(COLUMNS)
    assert (row["unit"], row["verdict"]) == ("S1", "REVIEW")


def test_both_formats_say_the_same(tmp_path: Path) -> None:
    kept = [judged(f"S{number}", number % 3) for number in range(7)]

    async def act(database: Database) -> tuple[int, int, int]:
        await store(database, kept)
        first = await write_table(database, Filter(), tmp_path / "all.csv")
        second = await write_table(database, Filter(), tmp_path / "all.parquet")
        return first, second, await write_table(database, Filter(unit="S2"), tmp_path / "one.csv")

    assert with_database(tmp_path / "r.sqlite", act) == (7, 7, 1)
    table = parquet.read_table(tmp_path / "all.parquet").to_pylist()
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(table) == len(rows) == sum(max(1, number % 3) for number in range(7))
    for ours, theirs in zip(rows, table, strict=True):
        assert datetime.fromisoformat(ours.pop("time")) == theirs.pop("time")
        assert ours == {name: "" if value is None else str(value) for name, value in theirs.items()}


def test_another_suffix_and_a_file_that_is_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")

    async def act(database: Database) -> None:
        with pytest.raises(ResultsError, match=r"ends in \.csv or \.parquet"):
            await write_table(database, Filter(), tmp_path / "all.xls")
        with pytest.raises(FileExistsError):
            await write_table(database, Filter(), tmp_path / "there.csv")

    with_database(tmp_path / "r.sqlite", act)
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_without_pyarrow_as_in_the_image_of_the_gateway_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pyarrow" in (ROOT / "docker" / "left-out.txt").read_text().split()
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    async def act(database: Database) -> None:
        await store(database, [judged("S1", 1)])
        with pytest.raises(MissingExtra, match="Parquet needs the package pyarrow, which is not installed") as caught:
            await write_table(database, Filter(), tmp_path / "all.parquet")
        assert caught.value.hint == "pip install 'aoi-academy[station]'"
        assert await write_table(database, Filter(), tmp_path / "all.csv") == 1

    with_database(tmp_path / "r.sqlite", act)
    assert not (tmp_path / "all.parquet").exists()
