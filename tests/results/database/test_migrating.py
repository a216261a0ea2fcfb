"""The tables as the migrations make them, in both databases."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from aoi_modules.errors import DatabaseAway, ResultsError, SchemaBehind
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import Standing, migrate, prepare, standing_of
from aoi_modules.results.database.tables import VERSIONS, metadata, tallies
from aoi_modules.results.database.writing import store
from tests import services
from tests.postgresql import PostgreSQL
from tests.results.conftest import with_database
from tests.results.records import record


async def ask(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def tables(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda bare: inspect(bare).get_table_names()))


def differences(connection: Connection) -> Sequence[Any]:
    """What Alembic would still change."""
    for_sqlite = {index.name for index in tallies.indexes if str(index.name).startswith("tallies_counted_by_")}
    assert len(for_sqlite) == 4
    elsewhere = set() if connection.dialect.name == "sqlite" else for_sqlite
    options = {
        "version_table": VERSIONS,
        "compare_type": True,
        "include_object": lambda item, name, *_: name not in elsewhere,
    }
    found: Sequence[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def test_migrated_tables_are_those_of_this_release(database_url: str) -> None:
    async def act(database: Database) -> None:
        async with database.reading() as connection:
            assert await connection.run_sync(differences) == []
        await ask(database, "ALTER TABLE outbox ADD COLUMN colour TEXT")
        async with database.reading() as connection:
            assert "colour" in str(await connection.run_sync(differences))

    with_database(database_url, act)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        kept = record()
        await store(database, [kept])
        await migrate(database)
        assert await reading.by_id(database, kept.id) == kept

    with_database(database_url, act)


def test_of_gateways_that_start_together_one_migrates(database_url: str) -> None:
    async def run() -> None:
        databases = [Database(database_url) for _ in range(4)]
        await asyncio.gather(*map(migrate, databases))
        for number, database in enumerate(databases):
            assert await store(database, [record(number)])
            await database.close()

    asyncio.run(run())


def test_a_migration_that_breaks_off_leaves_nothing(database_url: str) -> None:
    """The name of its last index is taken, so it fails when nearly all is made."""

    async def run() -> None:
        database = Database(database_url)
        await ask(database, "CREATE TABLE theirs (a INTEGER)", "CREATE INDEX outbox_by_sink ON theirs (a)")
        with pytest.raises(DatabaseAway, match="outbox_by_sink"):
            await migrate(database)
        assert await tables(database) == {"theirs"}
        await ask(database, "DROP TABLE theirs")
        await migrate(database)
        assert await tables(database) == {*metadata.tables, VERSIONS}
        await database.close()

    asyncio.run(run())


def test_a_database_of_a_later_release_is_used_as_it_is(database_url: str) -> None:
    async def act(database: Database) -> None:
        await ask(
            database,
            f"UPDATE {VERSIONS} SET version_num = '999'",
            "ALTER TABLE inspections ADD COLUMN colour TEXT DEFAULT 'red'",
        )
        assert await migrate(database) is None
        assert await prepare(database) is None
        assert await standing_of(database) is Standing.AHEAD
        kept = record()
        await store(database, [kept])
        assert await reading.by_id(database, kept.id) == kept

    with_database(database_url, act)


@services.need(services.POSTGRESQL)
def test_whoever_uses_postgresql_does_not_migrate_it(postgresql: PostgreSQL) -> None:
    async def run() -> None:
        database = Database(postgresql.new_database())
        assert await standing_of(database) is Standing.BEHIND
        with pytest.raises(SchemaBehind, match="has no tables of ours yet"):
            await prepare(database)
        assert await tables(database) == set()
        await migrate(database)
        assert await prepare(database) is None
        assert await standing_of(database) is Standing.OF_THIS_RELEASE
        await database.close()

    asyncio.run(run())


def test_a_file_that_cannot_be_copied_is_not_migrated(tmp_path: Path) -> None:
    (tmp_path / "results-step-001.db").mkdir()

    async def run() -> None:
        database = Database(tmp_path / "results.db")
        await ask(
            database,
            f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32))",
            f"INSERT INTO {VERSIONS} VALUES ('001')",
        )
        with pytest.raises(ResultsError, match=r"results-step-001\.db.*cannot be written"):
            await migrate(database)
        assert await tables(database) == {VERSIONS}
        await database.close()

    asyncio.run(run())


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_tables_that_are_not_ours_are_left_alone(database_url: str, name: str) -> None:
    async def run() -> None:
        database = Database(database_url)
        await ask(database, f"CREATE TABLE {name} (a INTEGER)")
        with pytest.raises(ResultsError, match=f"a table `{name}` that is not ours") as caught:
            await migrate(database)
        assert caught.value.hint == "name another database"
        assert await tables(database) == {name}
        await database.close()

    asyncio.run(run())


def test_another_project_may_have_its_tables_beside_ours(database_url: str) -> None:
    async def run() -> None:
        database = Database(database_url)
        await ask(
            database,
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('7c1e')",
            "CREATE TABLE orders (a INTEGER)",
        )
        await migrate(database)
        assert await store(database, [record()])
        await database.close()

    asyncio.run(run())
