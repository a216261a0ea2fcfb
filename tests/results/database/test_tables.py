"""What the tables promise: an index for each filter, and one row for a key, a revision and a letter."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.database.tables import FILTERED, inspections, metadata
from tests.results.conftest import with_database

CLOSING = (
    "INSERT INTO closings"
    " (id, unit, run, revision, time, gateway, verdict, reason, missing, required, positions, awaited, settled, schema)"
    " VALUES"
    " ('{id}', 'board', 1, {revision}, '2026-03-01 06:00:00', 'first', 'PASS', '', '[]', '[]', '[]', '[]', true, 1)"
)


def test_every_filter_has_an_index_that_ends_with_the_id() -> None:
    indexed = {tuple(column.name for column in index.columns) for index in inspections.indexes}
    assert indexed == {(name, "id") for name in FILTERED} | {("component", "verdict", "id")}
    by_time = {"since", "until"}  # the id itself
    assert set(Filter.__struct_fields__) - by_time == set(FILTERED)


def test_a_unit_is_closed_once_a_revision(database_url: str) -> None:
    async def act(database: Database) -> None:
        for number, revision in enumerate((1, 2)):
            async with database.transaction() as connection:
                await connection.execute(text(CLOSING.format(id=f"{number:032x}", revision=revision)))
        with pytest.raises(IntegrityError):
            async with database.transaction() as connection:
                await connection.execute(text(CLOSING.format(id=f"{7:032x}", revision=1)))

    with_database(database_url, act)


def test_the_plan_of_sqlite_for_a_filter_needs_no_sorting(tmp_path: Path) -> None:
    assert set(metadata.tables) >= {"inspections", "gateways", "closings", "outbox", "holds", "deletions"}

    async def act(database: Database) -> list[str]:
        async with database.reading() as connection:
            question = "EXPLAIN QUERY PLAN SELECT * FROM inspections WHERE {} = 'x' AND id < 'y' ORDER BY id DESC"
            rows = [(await connection.execute(text(question.format(name)))).all() for name in FILTERED]
            return [" ".join(str(row[-1]) for row in plan) for plan in rows]

    plans = with_database(tmp_path / "results.db", act)
    assert plans == [f"SEARCH inspections USING INDEX inspections_by_{name} ({name}=? AND id<?)" for name in FILTERED]
