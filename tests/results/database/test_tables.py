"""What the tables promise: an index for each filter, and one row for a key, a revision and a letter."""

from pathlib import Path

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter, Span, filter_of, question_of
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.tables import FILTERED, inspections
from aoi_modules.results.record import Origin
from tests.results.conftest import with_database
from tests.results.records import record

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


def test_each_filter_is_served_by_an_index_of_its_own_though_the_rows_are_the_oldest(database_url: str) -> None:
    origin = dict.fromkeys(Origin.__struct_fields__, "one")
    rows = [to_row(record(number, version=1 + number // 500, **origin)) for number in range(2000)]
    filters = [filter_of({name: str(rows[0][name])}) for name in FILTERED]

    async def act(database: Database) -> list[str]:
        async with database.transaction() as connection:
            await connection.execute(insert(inspections), rows)
            if not database.is_sqlite:
                await connection.execute(text("ANALYZE inspections"))
            return [await plan_of(connection, question_of(wanted, 100, "f" * 32)) for wanted in filters]

    for name, plan in zip(FILTERED, with_database(database_url, act), strict=True):
        assert f"inspections_by_{name}" in plan
        assert "pkey" not in plan


def test_sqlite_takes_the_index_on_component_and_verdict_though_there_are_others(tmp_path: Path) -> None:
    """That on the role alone led to twenty times as many rows."""
    named = {"component": "tile", "verdict": "FAIL", "station": "s1", "role": "canary"}
    question = question_of(filter_of(named), 100, "e" * 32, Span("a" * 32, "f" * 32))

    async def act(database: Database) -> str:
        async with database.reading() as connection:
            return await plan_of(connection, question)

    plan = with_database(tmp_path / "results.db", act)
    assert "inspections_by_component_and_verdict (component=? AND verdict=? AND id>? AND id<?)" in plan


async def plan_of(connection: AsyncConnection, question: Select[tuple[object, ...]]) -> str:
    """What the database says of how it will find the answer."""
    kind = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    written = question.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    return str((await connection.execute(text(f"{kind} {written}"))).all())
