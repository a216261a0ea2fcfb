"""The quality of a line: figures of all parts and of groups, with what is not known said as unknown."""

import random

import pytest

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.quality.counting import Scope, count
from aoi_modules.results.quality.report import MOST_GROUPS, merged, quality
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import Record
from aoi_modules.results.review.choosing import choose
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import put, take
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")
CALENDAR = Calendar()


def line(parts: int, escape: float, audit: float, seed: int) -> tuple[list[Record], set[str]]:
    """Parts of which a twentieth are defective, and the ids of those; defective ones pass with the chance `escape`."""
    chance = random.Random(seed)
    records, defective = [], set()
    for number in range(parts):
        bad = chance.random() < 0.05
        passes = chance.random() < (escape if bad else 0.98)
        verdict = Verdict.PASS if passes else Verdict.FAIL
        choice = choose(verdict, kept=verdict is not Verdict.PASS, audit=audit, luck=chance.random())
        one = record(number, verdict=verdict, review=choice.reason, chance=choice.chance, lot=f"L{number // 500}")
        records.append(one)
        defective |= {one.id} if bad else set()
    return records, defective


async def judged(database: Database, records: list[Record], defective: set[str]) -> None:
    """People judge all that waits, and are right."""
    await store(database, records, beside=put)
    while (review := await take(database, "Ada")) is not None:
        await judge(database, review.inspection, CRACK if review.inspection in defective else GOOD, "Ada")


@pytest.mark.slow
def test_a_known_escape_rate_is_found_again(tmp_path: str) -> None:
    async def act(database: Database) -> None:
        records, defective = line(4000, escape=0.2, audit=0.3, seed=7)
        await judged(database, records, defective)
        found = await quality(database, Scope(), "lot", CALENDAR)
        escaped = sum(one.id in defective for one in records if one.inspection.verdict is Verdict.PASS)
        total = found.total
        assert total.escape.interval is not None
        low, high = total.escape.interval
        assert low <= escaped / len(defective) <= high
        assert high - low < 0.25
        assert total.overkill.value == pytest.approx(0.02, abs=0.01)
        assert total.verdicts[Verdict.PASS] + total.verdicts[Verdict.FAIL] == 4000
        assert [group.name for group in found.groups] == [f"L{number}" for number in reversed(range(8))]
        assert found.chart is not None
        assert [point.label for point in found.chart.points] == [f"L{number}" for number in range(8)]
        assert (found.defects[0].name, found.defects[0].cumulative) == ("crack", 1.0)
        assert found.defects[0].count == pytest.approx(len(defective), rel=0.25)

    with_database(f"{tmp_path}/results.db", act)


def test_without_an_audit_escapes_are_unknown_and_not_none(database_url: str) -> None:
    async def act(database: Database) -> None:
        await judged(database, *line(300, escape=0.2, audit=0.0, seed=1))
        total = (await quality(database, Scope(), "component", CALENDAR)).total
        assert (total.escape.value, total.escape.interval) == (None, None)
        assert "at an audit rate of 0 was judged at random" in total.escape.unknown
        assert total.first_pass.value is not None

    with_database(database_url, act)


def test_nothing_is_known_of_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        found = await quality(database, Scope(), "day", CALENDAR)
        assert (found.groups, found.defects, found.chart) == ([], (), None)
        assert found.total.escape.unknown == "no parts were inspected"

    with_database(database_url, act)


def test_components_are_never_one_stratum(database_url: str) -> None:
    """One is audited and one is not: what is known of the first says nothing of the second."""

    async def act(database: Database) -> None:
        tiles = [record(number, review="audit", chance=1.0) for number in range(5)]
        await judged(
            database, [*tiles, *(record(number, component="pcb", chance=1.0) for number in range(5, 10))], set()
        )
        whole = merged((await count(database, Scope(), "component", CALENDAR)).values())
        assert len(whole.strata) == 2
        total = (await quality(database, Scope(), "day", CALENDAR)).total
        assert "5 parts with PASS" in total.escape.unknown

    with_database(database_url, act)


def test_of_very_many_groups_the_newest_are_told(tmp_path: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [record(number, lot=f"L{number:04}") for number in range(MOST_GROUPS + 7)])
        found = await quality(database, Scope(), "lot", CALENDAR)
        assert (len(found.groups), found.left_out) == (MOST_GROUPS, 7)
        assert found.total.verdicts[Verdict.PASS] == MOST_GROUPS + 7

    with_database(f"{tmp_path}/results.db", act)


def test_the_newest_groups_are_told_and_how_many_are_not(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [record(number * 900, lot=f"L{number}") for number in range(4)])
        found = await quality(database, Scope(), "lot", CALENDAR, most=3)
        assert ([group.name for group in found.groups], found.left_out) == (["L3", "L2", "L1"], 1)
        assert found.total.first_pass.parts == 4

    with_database(database_url, act)
