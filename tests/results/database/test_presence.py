"""Notes of gateways in the database."""

from datetime import UTC, datetime, timedelta

from aoi_modules.results.database import presence
from aoi_modules.results.database.connection import Database
from tests.results.conftest import with_database


def test_notes_are_kept_by_gateway_and_those_that_left_are_not_awaited(database_url: str) -> None:
    async def act(database: Database) -> tuple[dict[str, datetime], datetime]:
        moment = await presence.clock(database)
        await presence.note(database, "a", moment)
        await presence.note(database, "b", moment - timedelta(minutes=1))
        await presence.note(database, "b", moment)
        await presence.note(database, "c", moment, left=True)
        return await presence.others(database, "a"), moment

    others, moment = with_database(database_url, act)
    assert set(others) == {"b"}
    assert abs(others["b"] - moment) < timedelta(milliseconds=1)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=10)


def test_who_starts_again_is_awaited_from_where_it_was(database_url: str) -> None:
    async def act(database: Database) -> tuple[dict[str, datetime], datetime]:
        moment = await presence.clock(database)
        await presence.note(database, "b", moment, left=True)
        await presence.enter(database, "b")
        await presence.enter(database, "new")
        return await presence.others(database, "a"), moment

    others, moment = with_database(database_url, act)
    assert abs(others["b"] - moment) < timedelta(milliseconds=1)
    assert others["new"] < moment - timedelta(days=365), "nothing of it is stored yet"


def test_a_gateway_is_seen_though_nothing_was_stored(database_url: str) -> None:
    async def act(database: Database) -> tuple[dict[str, datetime], datetime]:
        moment = await presence.clock(database)
        await presence.enter(database, "behind")
        await presence.be_seen(database, "behind")
        await presence.be_seen(database, "nobody")
        await presence.note(database, "of the release before", moment - timedelta(minutes=5), left=True)
        return await presence.seen_last(database), moment

    seen, moment = with_database(database_url, act)
    assert set(seen) == {"behind", "of the release before"}
    assert moment <= seen["behind"] < moment + timedelta(seconds=10)
    assert abs(seen["of the release before"] - moment + timedelta(minutes=5)) < timedelta(milliseconds=1)
