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


@services.need(services.POSTGRESQL)
def test_other_commands_say_that_it_is_to_be_done(postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    ended = aoi("gateway", "key", "add", "camera-3", "--database", url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "has no tables of ours yet" in ended.stderr
    assert "aoi results migrate --database URL" in ended.stderr
    assert tables(url) == set()
    aoi("results", "migrate", "--database", url)
    assert aoi("gateway", "key", "add", "camera-3", "--database", url).returncode == 0


def test_other_commands_migrate_a_file_and_say_where_the_copy_lies(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    path.touch()
    aoi("results", "migrate", "--database", path)
    run(str(path), f"UPDATE {VERSIONS} SET version_num = '008'")
    for name in ("component", "lot", "station", "version"):
        run(str(path), f"DROP INDEX tallies_counted_by_{name}")
    ended = aoi("gateway", "key", "add", "camera-3", "--database", path)
    copy = tmp_path / "results-step-008.sqlite"
    assert (ended.returncode, copy.is_file()) == (0, True)
    assert f"{copy} is as it was before" in ended.stderr


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
