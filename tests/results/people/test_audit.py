"""The audit log: written with the change or not at all, read page by page."""

import pytest

from aoi_modules.errors import Taken
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.limits.ledger import set_limits, take_back
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.people.audit import Wish, entries, note
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge, undo
from tests.results.conftest import with_database
from tests.results.records import record

PLACE = Place(component="tile", model="tile", version=3, head="defect")


async def noted(database: Database, wish: Wish | None = None) -> list[tuple[str, str, str, str]]:
    """Who did what to what, and why; oldest first."""
    return [(one.who, one.action, one.about, one.why) for one in reversed(await entries(database, wish or Wish()))]


def test_judgements_and_their_undoing_are_noted(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = record(1)
        await store(database, [one])
        kept = await judge(database, one.id, Opinion(verdict="defect", defect="crack", note="left"), "Ada")
        await judge(database, one.id, Opinion(verdict="defect", defect="crack", note="left"), "Ada")
        await undo(database, kept.id, "Bob")
        about = f"inspection {one.id}"
        assert await noted(database) == [
            ("Ada", "judge", about, "defect: crack - left"),
            ("Bob", "undo judgement", about, ""),
        ]

    with_database(database_url, act)


def test_limits_and_steps_back_are_noted_and_what_was_refused_is_not(database_url: str) -> None:
    async def act(database: Database) -> None:
        limits = HeadLimits(threshold=0.5)
        setting = await set_limits(database, PLACE, limits, who="Ada", why="overkill", seen=0)
        with pytest.raises(Taken):
            await set_limits(database, PLACE, limits, who="Bob", why="escape", seen=0)
        await take_back(database, setting.number, who="Bob", why="wrong")
        about = "tile, head defect, model tile, version 3"
        assert await noted(database) == [
            ("Ada", "set limits", about, "overkill"),
            ("Bob", "take limits back", about, "wrong"),
        ]

    with_database(database_url, act)


def test_a_change_that_fails_leaves_no_note(database_url: str) -> None:
    async def act(database: Database) -> None:
        async def fail() -> None:
            async with database.transaction() as connection:
                await note(connection, "Ada", "judge", "inspection 1")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await noted(database) == []

    with_database(database_url, act)


def test_the_log_is_read_by_filters_and_page_by_page(database_url: str) -> None:
    async def act(database: Database) -> None:
        for number in range(6):
            async with database.transaction() as connection:
                await note(connection, "Ada" if number % 2 else "Bob", "judge", f"inspection {number}")
        newest = await entries(database, Wish(limit=4))
        assert [one.about[-1] for one in newest] == list("5432")
        assert [one.about[-1] for one in await entries(database, Wish(before=newest[-1].number))] == list("10")
        assert [one.about[-1] for one in await entries(database, Wish(who="Ada"))] == list("531")
        assert [one.about[-1] for one in await entries(database, Wish(about="inspection 4"))] == ["4"]
        assert await entries(database, Wish(action="set limits")) == []

    with_database(database_url, act)
