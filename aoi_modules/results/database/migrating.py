"""Brings a database to the tables of this release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from aoi_modules.errors import ResultsError
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import VERSIONS, metadata

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x616F69
"""Any number that others do not take. Of two gateways that start together, one migrates and the other waits."""


async def migrate(database: Database) -> None:
    """Makes the tables, or adds what this release has and the database has not.

    A database that a newer release has migrated is used as it is: steps only add.

    Raises:
        DatabaseAway: the database does not answer.
        ResultsError: it holds other tables than ours.
    """
    async with database.transaction() as connection:
        await connection.run_sync(_migrate)


async def is_of_this_release(database: Database) -> bool:
    """Whether the tables are those of this release, and none of a newer one.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.reading() as connection:
        found = await connection.run_sync(_revision)
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    config = _config()
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    found = _revision(connection)
    if found == script.get_current_head():
        return
    foreign = set(metadata.tables).intersection(inspect(connection).get_table_names()) if found is None else set()
    if foreign:
        raise ResultsError(
            f"the database has a table `{min(foreign)}` that is not ours",
            hint="name another database",
        )
    if found is not None and found not in {step.revision for step in script.walk_revisions()}:
        return  # of a newer release
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def _revision(connection: Connection) -> str | None:
    """Of the release that migrated the database; None if none did."""
    return MigrationContext.configure(connection, opts={"version_table": VERSIONS}).get_current_revision()
