"""Sessions of a gateway: for a moment from memory, also while the database is away."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from aoi_modules.errors import DatabaseAway
from aoi_modules.gateway.doors.access import sessions
from aoi_modules.gateway.doors.access.sessions import Sessions
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.people.sessions import end_session, open_session


def act(folder: Path, do: Callable[[Database], Awaitable[None]]) -> None:
    async def run() -> None:
        database = Database(folder / "results.db")
        try:
            await migrate(database)
            await do(database)
        finally:
            await database.close()

    asyncio.run(run())


def test_a_session_is_known_for_a_moment_after_it_ended_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def do(database: Database) -> None:
        known, token = Sessions(database), await open_session(database, "ann")
        found = await known.find(token)
        assert found is not None
        assert found.name == "ann"
        await end_session(database, token)
        assert await known.find(token) == found
        monkeypatch.setattr(sessions, "FRESH_SECONDS", 0.0)
        assert await known.find(token) is None

    act(tmp_path, do)


def test_one_that_ended_here_is_gone_at_once(tmp_path: Path) -> None:
    async def do(database: Database) -> None:
        known, token = Sessions(database), await open_session(database, "ann")
        assert await known.find(token) is not None
        await known.end(token)
        assert await known.find(token) is None

    act(tmp_path, do)


def test_while_the_database_is_away_those_go_on_that_were_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH_SECONDS", 0.0)

    async def do(database: Database) -> None:
        known, token = Sessions(database), await open_session(database, "ann")
        found = await known.find(token)
        await database.close()
        for path in tmp_path.glob("results.db*"):
            path.unlink()
        (tmp_path / "results.db").mkdir()
        assert await known.find(token) == found
        with pytest.raises(DatabaseAway):
            await known.find("another")

    act(tmp_path, do)


def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_KNOWN", 2)

    async def do(database: Database) -> None:
        known = Sessions(database)
        tokens = [await open_session(database, "ann") for _ in range(4)]
        for token in (*tokens, "nobody's"):
            await known.find(token)
        assert len(known) == 2
        assert await known.find(tokens[0]) is not None

    act(tmp_path, do)
