"""Strata out of the database's counts: every part once, with what people said of it."""

from datetime import timedelta

import pytest

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.quality.counting import WAYS, By, Scope, count
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import put, take
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import START, record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")
CALENDAR = Calendar(shifts={"early": "06:00", "late": "14:00"})
PASS, FAIL = ("tile", Verdict.PASS, 0.1), ("tile", Verdict.FAIL, 1.0)


async def filled(database: Database) -> None:
    """100 parts that passed, of which 10 are to be audited, and 10 that failed; of two lots."""
    passed = [record(n, lot=f"L{n % 2}", chance=0.1, review="audit" if n < 10 else None) for n in range(100)]
    failed = [record(n, lot="L1", verdict=Verdict.FAIL, chance=1.0, review="failed") for n in range(100, 110)]
    await store(database, passed + failed, beside=put)
    for number in range(20):
        review = await take(database, "Ada")
        assert review is not None
        await judge(database, review.inspection, CRACK if review.reason == "failed" or number == 3 else GOOD, "Ada")
    await judge(database, passed[50].id, CRACK, "Ada")


def test_every_part_counts_once_and_judged_ones_by_how_they_came(database_url: str) -> None:
    async def act(database: Database) -> None:
        await filled(database)
        counts = await count(database, Scope(), "component", CALENDAR)
        assert list(counts) == ["tile"]
        strata = counts["tile"].strata
        passed, failed = strata[PASS], strata[FAIL]
        assert (passed.population, passed.sampled_good, passed.sampled_defective) == (100, 9, 1)
        assert (passed.asked_good, passed.asked_defective) == (0, 1)
        assert (failed.population, failed.sampled_good, failed.sampled_defective) == (10, 0, 10)
        assert counts["tile"].defects["crack"] == pytest.approx(10 + 1 + 99 / 10)
        assert (counts["tile"].first_passed, counts["tile"].first) == (100, 110)

    with_database(database_url, act)


@pytest.mark.parametrize(
    ("by", "names"),
    [("lot", {"L0", "L1"}), ("version", {"tile 3"}), ("day", {"2026-03-01"}), ("shift", {"early"}), ("station", {""})],
)
def test_groups(database_url: str, by: By, names: set[str]) -> None:
    async def act(database: Database) -> None:
        await filled(database)
        counts = await count(database, Scope(), by, CALENDAR)
        assert set(counts) == names
        assert sum(stratum.population for one in counts.values() for stratum in one.strata.values()) == 110

    with_database(database_url, act)


def test_the_newest_group_comes_first(database_url: str) -> None:
    async def act(database: Database) -> None:
        lots = ["B", "C", "A"]
        await store(database, [record(number * 900, lot=lot) for number, lot in enumerate(lots)])
        assert list(await count(database, Scope(), "lot", CALENDAR)) == lots[::-1]

    with_database(database_url, act)


def test_a_shift_on_whatever_day(database_url: str) -> None:
    shifts = Calendar(time_zone="Europe/Berlin", shifts={"early": "06:00", "late": "14:00"})

    async def act(database: Database) -> None:
        await store(database, [record(hour * 3600, lot="L1") for hour in range(48)])
        for shift, parts in (("early", 16), ("late", 32), ("night", 0)):
            for by in WAYS:
                counts = await count(database, Scope(shift=shift), by, shifts)
                assert sum(stratum.population for one in counts.values() for stratum in one.strata.values()) == parts

    with_database(database_url, act)


@pytest.mark.parametrize(
    ("scope", "parts"),
    [
        (Scope(lot="L0"), 50),
        (Scope(component="chair"), 0),
        (Scope(version=3, model="tile"), 110),
        (Scope(version=4), 0),
        (Scope(since=START), 110),
        (Scope(since=START + timedelta(hours=1)), 0),
        (Scope(until=START), 0),
        (Scope(until=START + timedelta(hours=1)), 110),
    ],
)
def test_a_scope_is_kept_for_parts_and_judgements(database_url: str, scope: Scope, parts: int) -> None:
    async def act(database: Database) -> None:
        await filled(database)
        for by in WAYS:
            counts = await count(database, scope, by, CALENDAR)
            strata = [stratum for one in counts.values() for stratum in one.strata.values()]
            assert sum(stratum.population for stratum in strata) == parts
            assert sum(stratum.sampled + stratum.asked for stratum in strata) == {110: 21, 50: 6, 0: 0}[parts]

    with_database(database_url, act)


def test_a_judged_part_that_was_not_counted_counts_itself(database_url: str) -> None:
    """A release before stored it, which knew no counts."""

    async def act(database: Database) -> None:
        await store(database, [record(1, review="audit", chance=0.5)], beside=put)
        async with database.transaction() as connection:
            await connection.exec_driver_sql("DELETE FROM tallies")
        review = await take(database, "Ada")
        assert review is not None
        await judge(database, review.inspection, GOOD, "Ada")
        counts = await count(database, Scope(), "component", CALENDAR)
        assert counts["tile"].strata["tile", Verdict.PASS, 0.5].population == 1

    with_database(database_url, act)
