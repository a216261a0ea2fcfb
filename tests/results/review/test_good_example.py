"""The good part that people compare with: judged good, still there, and one that passed where there is one."""

import pytest

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.review.good_example import example_beside, good_example
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")


async def judged(database: Database, number: int, opinion: Opinion, **changes: object) -> str:
    """A part that somebody judged."""
    one = record(number, **changes)
    await store(database, [one])
    await judge(database, one.id, opinion, "Ada")
    return one.id


def test_the_newest_that_passed_and_was_judged_good_is_shown(database_url: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(NoSuchResult, match="no part of tile was judged good whose picture is still there"):
            await good_example(database, "tile")
        failed = await judged(database, 5000, GOOD, verdict=Verdict.FAIL)
        assert (await good_example(database, "tile")).id == failed, "better than none"
        await judged(database, 1, GOOD, position="left")
        right = await judged(database, 2000, GOOD, position="right")
        await judged(database, 6000, CRACK)
        await judged(database, 7000, GOOD, component="pcb")
        await judged(database, 8000, GOOD, kept=False)
        assert (await good_example(database, "tile")).id == right
        assert (await good_example(database, "tile", "left")).origin.position == "left"
        with pytest.raises(NoSuchResult, match="tile at 'top'"):
            await good_example(database, "tile", "top")

    with_database(database_url, act)


def test_a_part_is_compared_with_another_one_of_its_position(database_url: str) -> None:
    async def act(database: Database) -> None:
        ours = record(9000, position="left")
        assert await example_beside(database, ours) is None
        left = await judged(database, 1, GOOD, position="left")
        right = await judged(database, 2000, GOOD, position="right")
        await judged(database, 3000, CRACK, position="left")
        itself = await judged(database, 9000, GOOD, position="left", id=ours.id)
        assert itself == ours.id
        found = await example_beside(database, ours)
        assert found is not None
        assert (found.inspection, found.position, found.who) == (left, "left", "Ada")
        elsewhere = await example_beside(database, record(9001, position="top"))
        assert elsewhere is not None
        assert elsewhere.inspection == ours.id, "the newest, better than none"
        assert right != left

    with_database(database_url, act)
