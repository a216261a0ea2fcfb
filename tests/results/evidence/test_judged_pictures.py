"""Judged parts as evidence: how each was answered, by which chance it was judged, and for how many it stands."""

from datetime import timedelta

from sqlalchemy import update

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.evidence.judged_pictures import judged_pictures, strata_of
from aoi_modules.results.record import now
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.evidence.lines import CRACK, GOOD, seen_by_both
from tests.results.records import record

PASS, REVIEW, FAIL = Verdict


def test_each_judged_part_comes_with_how_it_was_answered_and_judged(database_url: str) -> None:
    async def act(database: Database) -> None:
        deal = await deal_of(database)
        await seen_by_both(database, 0, PASS, PASS)
        await seen_by_both(database, 1, PASS, PASS, GOOD, chosen=True, unit="SN1")
        await seen_by_both(database, 2, FAIL, FAIL, CRACK)
        returned = await seen_by_both(database, 3, PASS, PASS)
        await judge(database, returned.id, CRACK, "customer")
        await store(database, [other := record(4, component="pcb")])
        await judge(database, other.id, CRACK, "customer")
        found = await judged_pictures(database, "tile", deal, 10)
        assert [(one.verdict, one.chance, one.sampled, one.good) for one in found] == [
            (PASS, 0.5, False, False),
            (FAIL, 1.0, True, False),
            (PASS, 0.5, True, True),
        ], "the newest first"
        assert {one.answered for one in found} == {ModelVersion(name="tile", version=3)}
        assert found[-1].group == deal.group_of("SN1")
        assert found[0].group == deal.group_of(f"inspection {returned.id}")
        assert [one.good for one in await judged_pictures(database, "tile", deal, 1)] == [False]
        line = await strata_of(database, "tile")
        assert {kind: (one.population, one.sampled, one.asked) for kind, one in line.items()} == {
            (PASS, 0.5): (3, 1, 1),
            (FAIL, 1.0): (1, 1, 0),
        }

    with_database(database_url, act)


def test_a_part_without_its_picture_cannot_be_asked_about_again(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await seen_by_both(database, 1, FAIL, FAIL, CRACK)
        two = await seen_by_both(database, 2, FAIL, FAIL, CRACK)
        async with database.transaction() as connection:
            gone = update(inspections).where(inspections.c.id == one.id)
            await connection.execute(gone.values(picture_gone=now() - timedelta(days=1)))
        found = await judged_pictures(database, "tile", await deal_of(database), 10)
        assert [part.shown.id for part in found] == [two.id]

    with_database(database_url, act)
