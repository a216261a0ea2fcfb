"""The good part beside the one that is judged: of the same component, of the same position if there is one."""

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.review.comparison import good_one
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from tests.results.conftest import with_database
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")


def test_the_newest_good_part_of_the_same_position(database_url: str) -> None:
    async def act(database: Database) -> None:
        left, right = [record(number, position=side) for number, side in enumerate(("left", "right"))]
        other, bad, ours = record(2, component="pcb", position="left"), record(3), record(9, position="left")
        await store(database, [left, right, other, bad, ours])
        for one, opinion in ((other, GOOD), (bad, CRACK), (left, GOOD), (right, GOOD)):
            await judge(database, one.id, opinion, "Ada")
        found = await good_one(database, ours)
        assert found is not None
        assert (found.inspection, found.position, found.who) == (left.id, "left", "Ada")
        assert found.picture == f"/v1/inspections/{left.id}/picture"
        nowhere = await good_one(database, record(10, position="top"))
        assert nowhere is not None
        assert (nowhere.inspection, nowhere.position) == (right.id, "right"), "better than none"

    with_database(database_url, act)


def test_there_may_be_none(database_url: str) -> None:
    async def act(database: Database) -> None:
        ours, without_picture = record(1), record(2, kept=False)
        await store(database, [ours, without_picture])
        for one in (ours, without_picture):
            await judge(database, one.id, GOOD, "Ada")
        assert await good_one(database, ours) is None, "neither itself nor one without a picture"

    with_database(database_url, act)
