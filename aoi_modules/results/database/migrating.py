"""Brings a database to the tables of this release, or says who has to.

Alembic is loaded only where tables are not of this release: it takes a quarter of the time in which a gateway starts.
"""

import asyncio
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from aoi_modules.errors import ResultsError, SchemaBehind
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.sqlite_file import copy_whole
from aoi_modules.results.database.tables import STEP, VERSIONS, metadata

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x616F69
"""Any number that others do not take. Of two that migrate together, one does it and the other waits."""


class Standing(Enum):
    """What the tables of a database are to this release."""

    BEHIND = "behind"
    OF_THIS_RELEASE = "of this release"
    AHEAD = "ahead"
    """A newer release has migrated it: it has what this one needs, since steps only add."""


async def migrate(database: Database) -> Path | None:
    """Makes the tables, or adds what this release has and the database has not.

    A database that a newer release has migrated is used as it is: steps only add.

    Returns:
        Where a copy of the SQLite file lies as it was before; None where there was nothing to lose, and of PostgreSQL.

    Raises:
        DatabaseAway: the database does not answer.
        ResultsError: it holds other tables than ours, or its file cannot be copied.
    """
    async with database.transaction() as connection:
        if not database.is_sqlite:  # of SQLite this transaction is the only one that writes
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        if await connection.run_sync(_standing) is not Standing.BEHIND:
            return None
        step = await connection.run_sync(_step)
        copy = _place_of_copy(database, step) if database.is_sqlite and step is not None else None
        if copy is not None:
            await asyncio.to_thread(copy_whole, Path(database.url.database or ""), copy)
        await connection.run_sync(_upgrade)
    return copy


async def prepare(database: Database) -> Path | None:
    """Makes sure that a database has the tables which this release needs, for whoever keeps or reads results.

    A file of SQLite is migrated here. PostgreSQL, which gateways share, is migrated once for all of them and before
    they start, by `migrate`.

    Returns:
        See `migrate`.

    Raises:
        DatabaseAway: the database does not answer.
        SchemaBehind: it is PostgreSQL, and nobody has migrated it yet.
        ResultsError: see `migrate`.
    """
    if database.is_sqlite:
        return await migrate(database)
    async with database.reading() as connection:
        if await connection.run_sync(_standing) is Standing.BEHIND:
            raise _behind(database, await connection.run_sync(_step))
    return None


async def standing_of(database: Database) -> Standing:
    """What the tables of a database are to this release.

    Raises:
        DatabaseAway: the database does not answer.
        ResultsError: it holds other tables than ours.
    """
    async with database.reading() as connection:
        return await connection.run_sync(_standing)


def _behind(database: Database, step: str | None) -> SchemaBehind:
    found = "has no tables of ours yet" if step is None else f"has the tables of step {step}"
    return SchemaBehind(
        f"the database {database.name} {found}, and this release needs those of step {STEP}",
        hint="aoi results migrate --database URL, once for all gateways; steps only add",
    )


def _place_of_copy(database: Database, step: str) -> Path:
    path = Path(database.url.database or "")
    return path.with_name(f"{path.stem}-step-{step}{path.suffix}")


def _standing(connection: Connection) -> Standing:
    found = _step(connection)
    if found == STEP:
        return Standing.OF_THIS_RELEASE
    if found is not None:
        return Standing.BEHIND if found in _steps() else Standing.AHEAD
    foreign = set(metadata.tables).intersection(inspect(connection).get_table_names())
    if foreign:
        raise ResultsError(
            f"the database has a table `{min(foreign)}` that is not ours",
            hint="name another database",
        )
    return Standing.BEHIND


def _step(connection: Connection) -> str | None:
    """The last one that the database was migrated by; None if none was."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    step: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))
    return step


def _steps() -> set[str]:
    """All that this release knows."""
    from alembic.script import ScriptDirectory

    return {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, STEP)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
