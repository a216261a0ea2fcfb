"""The tables as the migrations make them, in both databases."""

import ast
import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from aoi_modules.errors import DatabaseAway, ResultsError, SchemaBehind
from aoi_modules.results.database import migrations, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import Standing, migrate, prepare, standing_of
from aoi_modules.results.database.tables import STEP, VERSIONS, metadata, tallies
from aoi_modules.results.database.writing import store
from tests import services
from tests.postgresql import PostgreSQL
from tests.results.conftest import with_database
from tests.results.records import record
from tests.results.releases import migrate_to_next, steps, upgrade

STEPS = sorted((Path(migrations.__file__).parent / "versions").glob("v*.py"))
ADDING = {"create_table", "create_index", "add_column", "get_bind"}
"""What a step may call; an index may go, which nobody needs by its name."""


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


def test_the_last_step_is_the_one_that_the_tables_name() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == STEP


def test_a_gateway_on_tables_of_this_release_loads_no_alembic(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    assert with_database(path, standing_of) is Standing.OF_THIS_RELEASE
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from aoi_modules.results.database.connection import Database\n"
        "from aoi_modules.results.database.migrating import prepare\n"
        f"asyncio.run(prepare(Database(Path({str(path)!r}))))\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


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


Shape = Mapping[str, Mapping[str, object]]
"""What a release may count on: by table, its columns with type and defaults, and what has to be unique."""


def shape(connection: Connection) -> Shape:
    found = inspect(connection)
    names = [name for name in found.get_table_names() if name != VERSIONS]
    columns = {
        name: {one["name"]: (str(one["type"]), one["nullable"], one["default"]) for one in found.get_columns(name)}
        for name in names
    }
    return {
        name: columns[name]
        | {f"unique {one['column_names']}": "" for one in found.get_unique_constraints(name)}
        | {f"unique {one['column_names']}": "" for one in found.get_indexes(name) if one["unique"]}
        | {"key": tuple(found.get_pk_constraint(name)["constrained_columns"])}
        for name in names
    }


def no_longer_so(before: Shape, after: Shape) -> list[str]:
    """What the release before counts on and no longer has; empty where a step only added."""
    gone = [f"the table {name}" for name in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        gone += [f"{table}: {name}" for name in old if new.get(name) != old[name]]
        for name in new.keys() - old.keys():
            column = new[name]
            if not isinstance(column, tuple) or (not column[1] and column[2] is None):
                gone.append(f"{table}: {name} is asked of whoever does not know it")
    return sorted(gone)


def shapes_before_and_after(folder: Path, step: int, *statements: str) -> tuple[Shape, Shape]:
    """The shape as a step finds it, and as it leaves it; or as statements behind that step leave it."""

    async def run() -> tuple[Shape, Shape]:
        database = Database(folder / "results.db")
        async with database.transaction() as connection:
            if step:
                await connection.run_sync(upgrade, steps()[step - 1])
            before = await connection.run_sync(shape)
            if not statements:
                await connection.run_sync(upgrade, steps()[step])
            for statement in statements:
                await connection.execute(text(statement))
            after = await connection.run_sync(shape)
        await database.close()
        return before, after

    return asyncio.run(run())


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_step_only_adds(tmp_path: Path, step: int) -> None:
    before, after = shapes_before_and_after(tmp_path, step)
    assert no_longer_so(before, after) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE holds", "the table holds"),
        ("ALTER TABLE inspections RENAME COLUMN lot TO batch", "inspections: lot"),
        ("ALTER TABLE gateways DROP COLUMN seen", "gateways: seen"),
        ("CREATE UNIQUE INDEX one_a_unit ON inspections (unit)", "inspections: unique ['unit'] is asked of"),
        ("ALTER TABLE holds RENAME TO held", "the table holds"),
    ],
)
def test_what_a_step_must_not_do_is_seen(tmp_path: Path, statement: str, said: str) -> None:
    drop = "DROP INDEX inspections_by_lot" if "lot" in statement else "SELECT 1"
    before, after = shapes_before_and_after(tmp_path, len(STEPS), drop, statement)
    assert any(one.startswith(said) for one in no_longer_so(before, after))


def test_a_column_that_has_to_be_given_is_seen() -> None:
    before: Shape = {"holds": {"who": ("TEXT", False, None)}}
    after: Shape = {"holds": {**before["holds"], "why": ("TEXT", False, None)}}
    assert no_longer_so(before, after) == ["holds: why is asked of whoever does not know it"]
    after = {"holds": {**before["holds"], "why": ("TEXT", True, None), "count": ("INTEGER", False, "0")}}
    assert no_longer_so(before, after) == []


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_changes_no_rows(path: Path) -> None:
    """Rows that a step changes would hold up the gateways that go on meanwhile."""
    called = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "op"
    }
    assert called <= ADDING | {"drop_index"}
    assert "def downgrade" not in path.read_text()


def test_the_release_before_writes_and_reads_the_tables_of_the_next(database_url: str, tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        first, second = record(1), record(2)
        await store(database, [first])
        await migrate_to_next(database, tmp_path)
        assert await standing_of(database) is Standing.AHEAD
        assert await prepare(database) is None
        await store(database, [second])
        assert list((await reading.page(database, reading.Filter(), 9)).records) == [second, first]

    with_database(database_url, act)
