"""`aoi results migrate`, before the gateways of a release start."""

import asyncio
from pathlib import Path

from sqlalchemy import inspect, text

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import VERSIONS, metadata
from tests import services
from tests.in_process import aoi
from tests.postgresql import PostgreSQL


def test_a_sqlite_database_that_is_there_gets_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    path.touch()
    ended = aoi("results", "migrate", "--database", path)
    assert (ended.returncode, ended.stdout) == (0, "the database has the tables of this release\n")
    assert set(metadata.tables) <= tables(str(path))


def test_one_of_a_newer_release_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    path.touch()
    aoi("results", "migrate", "--database", path)
    run(str(path), f"UPDATE {VERSIONS} SET version_num = '999'")
    ended = aoi("results", "migrate", "--database", path)
    assert (ended.returncode, "a newer release has migrated" in ended.stdout) == (0, True)


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = aoi("results", "migrate", "--results", tmp_path)
    assert (ended.returncode, "there is no such database" in ended.stderr) == (1, True)


@services.need(services.POSTGRESQL)
def test_an_empty_postgresql_gets_the_tables(postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    ended = aoi("results", "migrate", "--database", url)
    assert (ended.returncode, ended.stdout) == (0, "the database has the tables of this release\n")
    assert set(metadata.tables) <= tables(url)


def tables(url: str) -> set[str]:
    async def act() -> set[str]:
        database = Database(url)
        async with database.reading() as connection:
            names = await connection.run_sync(lambda one: inspect(one).get_table_names())
        await database.close()
        return set(names)

    return asyncio.run(act())


def run(url: str, statement: str) -> None:
    async def act() -> None:
        database = Database(url)
        async with database.transaction() as connection:
            await connection.execute(text(statement))
        await database.close()

    asyncio.run(act())
