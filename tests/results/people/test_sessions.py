"""Sessions: found by what the browser holds, until they end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import sessions
from aoi_modules.results.people.sessions import (
    IDLE,
    LONGEST,
    SEEN_AGE,
    end_session,
    find_session,
    note_seen,
    open_session,
)
from aoi_modules.results.people.tokens import digest
from aoi_modules.results.record import now
from tests.results.conftest import with_database


async def age(database: Database, **columns: timedelta) -> None:
    """Makes all sessions older."""
    async with database.transaction() as connection:
        await connection.execute(update(sessions).values({name: now() - by for name, by in columns.items()}))


def test_a_session_is_found_by_its_token_which_nobody_can_read_in_the_database(database_url: str) -> None:
    async def act(database: Database) -> None:
        token = await open_session(database, "ann")
        session = await find_session(database, token)
        assert session is not None
        assert (session.name, session.token) == ("ann", digest(token))
        assert session.csrf not in (token, session.token, digest(session.token))
        for other in ("", token[:-1], token + "a", session.token, session.csrf, "' OR 1=1 --", "\x00", "\udc80"):
            assert await find_session(database, other) is None
        await end_session(database, token)
        assert await find_session(database, token) is None

    with_database(database_url, act)


@pytest.mark.parametrize("past", [{"seen": IDLE}, {"started": LONGEST}])
def test_a_session_ends_by_itself_and_the_next_one_takes_it_away(database_url: str, past: dict[str, timedelta]) -> None:
    async def act(database: Database) -> None:
        token = await open_session(database, "ann")
        await age(database, **{name: by - timedelta(seconds=30) for name, by in past.items()})
        assert await find_session(database, token) is not None
        await age(database, **past)
        assert await find_session(database, token) is None
        await open_session(database, "bob")
        async with database.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(sessions))).scalar() == 1

    with_database(database_url, act)


def test_what_a_person_does_keeps_the_session_by_the_minute(database_url: str) -> None:
    async def act(database: Database) -> None:
        token = await open_session(database, "ann")
        session = await find_session(database, token)
        assert session is not None
        assert await note_seen(database, session) is session
        await age(database, seen=SEEN_AGE)
        old = await find_session(database, token)
        assert old is not None
        assert (await note_seen(database, old)).seen > old.seen
        found = await find_session(database, token)
        assert found is not None
        assert found.seen > old.seen

    with_database(database_url, act)
