"""Strata out of the database's counts: every part once, with what people said of it."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import judged, tallies
from aoi_modules.results.database.writing import store
from aoi_modules.results.quality import counting
from aoi_modules.results.quality.counting import WAYS, By, Count, Scope, count
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import new_id
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


BERLIN = Calendar(time_zone="Europe/Berlin", shifts={"early": "06:00", "late": "14:15", "night": "02:30"})
BEGIN = datetime(2026, 3, 27, tzinfo=UTC)
"""Two days before clocks are put forward in Berlin."""
SCOPES = (
    Scope(),
    Scope(component="tile", shift="night"),
    Scope(shift="late"),
    Scope(lot="L1"),
    Scope(since=BEGIN + timedelta(hours=30), until=BEGIN + timedelta(hours=75)),
)


async def drawn(database: Database, seed: int, *, old: bool = False) -> None:
    """Counted and judged parts of five days, of which the second has none; of three years before, too, where `old`."""
    chance = random.Random(seed)
    kinds: list[dict[str, Any]] = []
    for _ in range(1500):
        day = -1200 if old and chance.random() < 0.02 else chance.choice([0, 2, 3, 4])
        kinds.append(
            {
                "slot": BEGIN + timedelta(days=day, minutes=15 * chance.randrange(96)),
                "component": chance.choice(["tile", "part"]), "model": "tile", "version": chance.choice([0, 3]),
                "lot": chance.choice(["", "L1"]), "station": chance.choice(["s1", "s2"]),
                "verdict": chance.choice(["PASS", "REVIEW", "FAIL"]), "chance": chance.choice([0.05, 0.1, 1.0]),
            }
        )  # fmt: skip
    found = Counter((*kind.items(), ("first", chance.random() < 0.9)) for kind in kinds)
    parts = [{**dict(kind), "parts": number * 3} for kind, number in found.items()]
    said = [
        {**kind, "inspection": new_id(), "judgement": new_id(), "sampled": chance.random() < 0.8}
        | chance.choice([{"good": True, "defect": None}, {"good": False, "defect": chance.choice(["dent", None])}])
        for kind in kinds[::2]
    ]
    async with database.transaction() as connection:
        await connection.execute(insert(tallies), parts)
        await connection.execute(insert(judged), said)


async def row_by_row(database: Database, scope: Scope, by: By) -> dict[str, Count]:
    """The same counts without the database's help: each row is looked at."""
    async with database.reading() as connection:
        parts = (await connection.execute(select(tallies))).mappings().all()
        said = (await connection.execute(select(judged))).mappings().all()
    groups: dict[str, counting._Group] = {}
    for row in (*parts, *said):
        slot = row["slot"]
        names = {
            "day": BERLIN.day_of(slot).isoformat(), "shift": BERLIN.shift_of(slot),
            "version": f"tile {row['version'] or 'of an unknown version'}",
        }  # fmt: skip
        is_early, is_late = scope.since and slot < scope.since, scope.until and slot >= scope.until
        wanted = [(scope.component, row["component"]), (scope.lot, row["lot"]), (scope.shift, names["shift"])]
        if is_early or is_late or any(asked not in (None, found) for asked, found in wanted):
            continue
        group = groups.setdefault(names[by] if by in names else row[by], counting._Group())
        kind = row["component"], row["verdict"], row["chance"]
        if "parts" in row:
            group.add_parts(*kind, row["first"], row["parts"], slot)
        else:
            group.add_judged(*kind, row["good"], row["defect"], row["sampled"], 1)
    return {name: group.count() for name, group in groups.items()}


@pytest.mark.parametrize("seed", range(2))
def test_groups_of_the_database_are_those_of_its_rows(database_url: str, seed: int) -> None:
    async def act(database: Database) -> None:
        await drawn(database, seed)
        for scope in SCOPES:
            for by in WAYS:
                counts = await count(database, scope, by, BERLIN)
                assert counts
                assert _exact(counts) == _exact(await row_by_row(database, scope, by))

    with_database(database_url, act)


def test_a_clock_that_once_was_years_behind(database_url: str) -> None:
    """More days and shifts lie between than stand in one statement."""

    async def act(database: Database) -> None:
        await drawn(database, 2, old=True)
        for by in ("day", "shift"):
            counts = await count(database, Scope(), by, BERLIN)
            assert _exact(counts) == _exact(await row_by_row(database, Scope(), by))
        assert "2022-12-13" in await count(database, Scope(), "day", BERLIN)

    with_database(database_url, act)


def test_nothing_was_counted_yet(database_url: str) -> None:
    async def act(database: Database) -> None:
        for by in WAYS:
            assert await count(database, Scope(), by, BERLIN) == {}

    with_database(database_url, act)


def _exact(counts: dict[str, Count]) -> dict[str, Any]:
    """Counts to compare; defects, whose sums depend on the order, to twelve digits."""
    return {
        name: (one.strata, one.first, one.first_passed, one.last, {n: f"{w:.12g}" for n, w in one.defects.items()})
        for name, one in counts.items()
    }
