"""Where the database is: named, or in the folder of results."""

from pathlib import Path

import pytest
from sqlalchemy import text

from aoi_modules.commands.options.database import DatabasePlace
from aoi_modules.errors import ResultsError
from aoi_modules.results.database.connection import Database


def test_a_database_that_is_there_gets_the_tables_of_this_release(tmp_path: Path) -> None:
    (tmp_path / "results.sqlite").touch()

    async def count(database: Database) -> object:
        async with database.reading() as connection:
            return (await connection.execute(text("SELECT count(*) FROM users"))).scalar()

    assert DatabasePlace(tmp_path, None).act(count) == 0
    assert DatabasePlace(tmp_path / "other", str(tmp_path / "results.sqlite")).act(count) == 0


def test_one_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    async def nothing(_: Database) -> None:
        """Does not come to it."""

    with pytest.raises(ResultsError, match="there is no such database"):
        DatabasePlace(tmp_path, None).act(nothing)
    assert not list(tmp_path.iterdir())
