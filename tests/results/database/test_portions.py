"""Many values, some at a time; and many rows, in few statements."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, event, func, insert, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.portions import AT_ONCE, insert_all, portions
from aoi_modules.results.database.rows import Row, to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.record import Record
from tests.results.conftest import with_database
from tests.results.records import record, records


@given(st.lists(st.integers(0, 700).map(str)))
def test_each_value_comes_once_in_order_and_no_portion_is_too_large(values: list[str]) -> None:
    found = list(portions(values))
    assert [one for some in found for one in some] == sorted(set(values))
    assert all(0 < len(some) <= AT_ONCE for some in found)


@given(st.lists(records(), min_size=1, max_size=70, unique_by=lambda one: one.id))
@settings(max_examples=20)
def test_rows_of_sqlite_together_are_the_rows_one_by_one(found: list[Record]) -> None:
    rows = [to_row(one) | {"key": None} for one in found]

    async def act(database: Database) -> None:
        stored = []
        for way in (insert_all, _one_by_one):
            async with database.transaction() as connection:
                await way(connection, inspections, rows)
                stored.append((await connection.execute(text("SELECT * FROM inspections ORDER BY id"))).all())
                await connection.rollback()
        assert stored[0] == stored[1]
        assert len(stored[0]) == len(rows)

    with TemporaryDirectory() as folder:
        with_database(Path(folder) / "results.db", act)


def test_a_thousand_rows_of_sqlite_are_few_statements(tmp_path: Path) -> None:
    statements: list[str] = []

    async def act(database: Database) -> None:
        async with database.transaction() as connection:
            event.listen(connection.sync_engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
            await insert_all(connection, inspections, [to_row(record(number)) for number in range(1000)])
        assert await _count(database) == 1000

    with_database(tmp_path / "results.db", act)
    assert 1 < len([one for one in statements if one.startswith("INSERT")]) < 50


def test_a_value_that_is_none_for_its_column_is_a_statement_error(database_url: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(StatementError):
            async with database.transaction() as connection:
                await insert_all(connection, inspections, [to_row(record(1)), to_row(record(2)) | {"id": "no id"}])
        assert await _count(database) == 0

    with_database(database_url, act)


async def _one_by_one(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    for row in rows:
        await connection.execute(insert(table), row)


async def _count(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(inspections))).scalar_one()
