"""Databases for tests: a file of SQLite always, and a real PostgreSQL where it is."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from tests import services

Result = TypeVar("Result")
POSTGRESQL = pytest.param("postgresql", marks=services.need(services.POSTGRESQL))


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'results.db'}"
    url: str = request.getfixturevalue("postgresql").new_database()
    return url


@pytest.fixture
def migrated_url(database_url: str) -> str:
    """The same, with the tables of this release."""
    return migrated(database_url)


def migrated(url: str) -> str:
    """Gives a database the tables of this release, as `aoi results migrate` does; its URL again."""

    async def nothing(_: Database) -> None:
        return

    with_database(url, nothing)
    return url


@cache
def _empty_tables() -> bytes:
    """A file of SQLite with the tables of this release, made once in each process that tests: others are copies."""

    async def run(path: Path) -> None:
        database = Database(path)
        try:
            await migrate(database)
        finally:
            await database.close()

    with TemporaryDirectory() as folder:
        path = Path(folder) / "results.sqlite"
        asyncio.run(run(path))
        assert [one.name for one in Path(folder).iterdir()] == [path.name], "all of it is in the one file"
        return path.read_bytes()


def with_database(url: str | Path, act: Callable[[Database], Awaitable[Result]]) -> Result:
    """Does something with a migrated database, in a loop of its own."""

    async def run() -> Result:
        database = Database(url)
        if database.is_sqlite and not (file := Path(database.url.database or "")).exists():
            file.write_bytes(await asyncio.to_thread(_empty_tables))
        try:
            await migrate(database)
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())
