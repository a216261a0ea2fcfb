"""Settings in the database: each is kept, one is in force, one step leads back, and of two at once one is refused."""

import asyncio

import pytest

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.limits.ledger import history, in_force, last_number, set_limits, take_back
from aoi_modules.results.limits.setting import Place, Setting
from tests.results.conftest import with_database

DEFECT = Place(component="tile", model="tile", version=3, head="defect")
SURFACE = Place(component="tile", model="tile", version=3, head="surface")
LOW, HIGH = HeadLimits(threshold=0.4, review_band=(0.3, 0.4)), HeadLimits(threshold=0.6)


async def setting(database: Database, limits: HeadLimits, seen: int, place: Place = DEFECT) -> Setting:
    return await set_limits(database, place, limits, who="Ada", why="overkill", seen=seen)


def test_the_newest_setting_of_each_head_is_in_force_and_all_are_kept(database_url: str) -> None:
    async def act(database: Database) -> None:
        assert (await in_force(database), await last_number(database)) == ([], 0)
        first = await setting(database, LOW, 0)
        second = await setting(database, HIGH, first.number)
        good = HeadLimits(threshold=0.2, good=("smooth",))
        other = await setting(database, good, 0, SURFACE)
        assert await in_force(database) == [second, other]
        assert (second.limits, second.before, second.who, second.why) == (HIGH, first.number, "Ada", "overkill")
        assert other.limits == good
        assert await history(database) == [other, second, first]
        assert await history(database, "chair") == []
        assert await last_number(database) == other.number

    with_database(database_url, act)


def test_one_step_back_restores_what_was_before(database_url: str) -> None:
    async def act(database: Database) -> None:
        first = await setting(database, LOW, 0)
        second = await setting(database, HIGH, first.number)
        back = await take_back(database, second.number, who="Grace", why="escapes")
        assert (back.limits, back.takes_back, back.who) == (LOW, second.number, "Grace")
        assert await in_force(database) == [back]
        with pytest.raises(Taken, match="is a step back itself"):
            await take_back(database, back.number, who="Grace", why="again")
        for old in (first, second):
            with pytest.raises(Taken, match="were changed meanwhile"):
                await take_back(database, old.number, who="Grace", why="again")
        with pytest.raises(NoSuchResult, match="no setting of limits has the number 99"):
            await take_back(database, 99, who="Grace", why="again")

    with_database(database_url, act)


def test_a_step_back_from_the_first_one_leaves_judging_to_manifest_and_route(database_url: str) -> None:
    async def act(database: Database) -> None:
        first = await setting(database, LOW, 0)
        back = await take_back(database, first.number, who="Ada", why="wrong head")
        assert (back.limits, back.in_force()) == (None, None)
        again = await setting(database, HIGH, back.number)
        assert (again.limits, again.before) == (HIGH, back.number)
        back = await take_back(database, again.number, who="Ada", why="wrong head")
        told = 0  # as an answer tells that the station sets no limits
        assert (await setting(database, LOW, told)).before == back.number

    with_database(database_url, act)


def test_who_saw_other_limits_than_those_in_force_changes_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        first = await setting(database, LOW, 0)
        with pytest.raises(Taken, match="the limits of tile, head defect, version 3 were changed meanwhile"):
            await setting(database, HIGH, 0)
        assert await in_force(database) == [first]

    with_database(database_url, act)


def test_of_several_who_set_at_once_one_does(database_url: str) -> None:
    async def act(database: Database) -> None:
        tried = await asyncio.gather(*(setting(database, LOW, 0) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(one, Setting) for one in tried) == 1
        assert all(isinstance(one, Setting | Taken) for one in tried)
        assert len(await history(database)) == 1

    with_database(database_url, act)
