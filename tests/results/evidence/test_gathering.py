"""Evidence out of the database: pairs by what both said, judged or not, without what one of them learnt from."""

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets.dealing import Deal, deal_of
from aoi_modules.results.evidence.decision import Pairs
from aoi_modules.results.evidence.gathering import Versions, held_out_of, pairs_of
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.evidence.lines import CRACK, GOOD, seen_by_both
from tests.results.records import record

PASS, REVIEW, FAIL = Verdict
VERSIONS = Versions(
    component="tile",
    incumbent=ModelVersion(name="tile", version=3),
    candidate=ModelVersion(name="tile", version=4),
)


def test_pairs_are_counted_by_what_both_said_and_what_people_said(database_url: str) -> None:
    async def act(database: Database) -> None:
        await seen_by_both(database, 0, PASS, PASS)
        await seen_by_both(database, 1, PASS, PASS, GOOD, chosen=True)
        returned = await seen_by_both(database, 2, PASS, PASS)
        await judge(database, returned.id, CRACK, "customer")
        await seen_by_both(database, 3, PASS, FAIL, CRACK)
        await seen_by_both(database, 4, PASS, FAIL)
        await seen_by_both(database, 5, FAIL, PASS, GOOD)
        await store(database, [record(6), record(7, component="pcb", version=4, role="shadow", shadows=returned.id)])
        found, left_out = await pairs_of(database, VERSIONS, await deal_of(database), set())
        assert left_out == 0
        assert found == [
            Pairs(incumbent=FAIL, candidate=PASS, chance=1.0, parts=1, sampled_good=1),
            Pairs(incumbent=PASS, candidate=FAIL, chance=0.5, parts=2, sampled_defective=1),
            Pairs(incumbent=PASS, candidate=PASS, chance=0.5, parts=3, sampled_good=1, asked_defective=1),
        ]

    with_database(database_url, act)


def test_units_that_one_of_them_learnt_from_say_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        deal = await deal_of(database)
        await seen_by_both(database, 0, PASS, FAIL, CRACK, unit="SN1")
        await seen_by_both(database, 1, PASS, FAIL, CRACK, unit="SN2")
        nameless = await seen_by_both(database, 2, PASS, FAIL, CRACK)
        learnt = {deal.group_of("SN1"), deal.group_of(f"inspection {nameless.id}")}
        (found,), left_out = await pairs_of(database, VERSIONS, deal, learnt)
        assert (found.parts, left_out) == (1, 2)
        (late,), _ = await pairs_of(database, VERSIONS, deal, set(), record(1).time)
        assert late.parts == 2

    with_database(database_url, act)


def test_units_that_were_judged_and_are_held_out(database_url: str) -> None:
    async def act(database: Database) -> None:
        deal = Deal(bytes(range(32)))
        for number in range(8):
            await seen_by_both(database, number, FAIL, FAIL, CRACK if number != 4 else None, unit=f"SN{number}")
        assert await held_out_of(database, "tile", deal) == {deal.group_of("SN3"), deal.group_of("SN5")}
        assert await held_out_of(database, "pcb", deal) == set()

    with_database(database_url, act)
