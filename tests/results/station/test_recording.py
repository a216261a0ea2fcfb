"""A check is made of what was recorded of its pictures, and of nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record, new_id, now
from aoi_modules.results.station.check import Check
from aoi_modules.results.station.recording import Ran, record
from tests.results.conftest import with_database
from tests.results.records import record as line_record
from tests.results.station.made import GOLDEN, PLAN, call, golden_record


async def ran(database: Database, records: Sequence[Record], names: Sequence[str] = ("good", "bad")) -> Check:
    """Stores inspections, and records a check of them."""
    await store(database, records)
    calls = tuple(call(name, one.id) for name, one in zip(names, records, strict=True))
    return await record(
        database, Ran(component="tile", golden=GOLDEN, who="Ada", parts=calls), PLAN, who="Ada", gateway="first"
    )


def pair(bad: float = 0.9, **changes: Any) -> list[Record]:
    return [golden_record(0.1), golden_record(bad, **changes)]


def test_checks_are_compared_with_those_that_passed_before(tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        first, failed, last = [await ran(database, pair(bad)) for bad in (0.9, 0.3, 0.8)]
        assert [one.passed for one in (first, failed, last)] == [True, False, True]
        assert (last.compared, round(last.drift or 0, 6)) == (1, 0.1)

    with_database(tmp_path / "results.db", act)


@pytest.mark.parametrize(
    ("records", "names", "words"),
    [
        ([golden_record(0.1), line_record(id=new_id(now()))], ("good", "bad"), "that of a golden picture of tile"),
        (pair(), ("good", "good-2"), "good and defective ones"),
        (pair(), ("bad", "bad"), "each once"),
        (pair(version=4), ("good", "bad"), "same version of a model"),
        ([golden_record(0.1), golden_record(0.9, now() - timedelta(hours=2))], ("good", "bad"), "newer than"),
        ([golden_record(0.1, component="board"), golden_record(0.9)], ("good", "bad"), "golden picture of tile"),
    ],
    ids=["a part of the line", "good parts alone", "twice", "two versions", "old", "another component"],
)
def test_what_is_no_check_is_refused(tmp_path: Path, records: list[Record], names: tuple[str, str], words: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(BadParameter, match=words):
            await ran(database, records, names)

    with_database(tmp_path / "results.db", act)


def test_inspections_of_a_check_make_no_second_one(tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        records = pair()
        await ran(database, records)
        with pytest.raises(BadParameter, match="newer than the last check"):
            await ran(database, records)

    with_database(tmp_path / "results.db", act)
