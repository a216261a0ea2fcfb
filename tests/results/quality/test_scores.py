"""Scores out of the database: of the head that is asked for, with what the other heads said."""

import pytest

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import by_id
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.writing import store
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality import scores
from aoi_modules.results.quality.desk import Scored
from aoi_modules.results.quality.scores import evidence, judged_scores, last_parts, scored
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import Record
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import put, take
from aoi_modules.verdict import Limits, Verdict
from tests.results.conftest import with_database
from tests.results.records import record

PLACE = Place(component="tile", model="tile", version=3, head="crack")
GOOD = Opinion(verdict="good")


def head(name: str, score: float | None, verdict: Verdict | None, threshold: float | None = 0.5) -> HeadResult:
    return HeadResult(
        name=name, kind="defect", label=name, score=score, scores=None, threshold=threshold, review_band=None,
        verdict=verdict,
    )  # fmt: skip


def part(number: int, score: float, **changes: object) -> Record:
    heads = (head("crack", score, Verdict.PASS), head("dent", 0.9, Verdict.REVIEW), head("colour", 0.3, None, None))
    return record(number, heads=heads, review="audit", chance=1.0, **changes)


def test_a_head_is_told_apart_from_the_others() -> None:
    heads = to_row(part(1, 0.25))["heads"]
    assert scored(Verdict.REVIEW, heads, "crack") == Scored(Verdict.REVIEW, 0.25, Verdict.REVIEW)
    assert scored(Verdict.REVIEW, heads, "dent") == Scored(Verdict.REVIEW, 0.9, Verdict.PASS)
    assert scored(Verdict.PASS, heads[:1], "crack") == Scored(Verdict.PASS, 0.25, Verdict.PASS)
    assert scored(Verdict.REVIEW, (), "crack") == Scored(Verdict.REVIEW, None, Verdict.PASS)


def test_judged_parts_of_this_version_with_their_scores(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [part(1, 0.25), part(2, 0.5), part(3, 0.75, version=4)], beside=put)
        while (review := await take(database, "Ada")) is not None:
            await judge(database, review.inspection, GOOD, "Ada")
        found, since = await judged_scores(database, PLACE)
        assert since is None
        assert sorted(one.part.score or 0 for one in found) == [0.25, 0.5]
        assert {(one.kind, one.sampled, one.good) for one in found} == {(("tile", Verdict.PASS, 1.0), True, True)}

    with_database(database_url, act)


def test_of_very_many_the_newest_quarters_of_an_hour_are_read_whole(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "MOST_JUDGED", 5)
    records = [part(number * 450, number / 10) for number in range(8)]  # two in each quarter of an hour

    async def act(database: Database) -> None:
        await store(database, records, beside=put)
        for one in records:
            await judge(database, one.id, GOOD, "Ada")
        found, since = await judged_scores(database, PLACE)
        assert sorted(one.part.score or 0 for one in found) == [0.4, 0.5, 0.6, 0.7]
        assert since is not None
        assert records[3].time < since <= records[4].time

    with_database(database_url, act)


def test_all_evidence_at_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [part(1, 0.25), part(2, 0.5)], beside=put)
        review = await take(database, "Ada")
        assert review is not None
        await judge(database, review.inspection, GOOD, "Ada")
        found = await evidence(database, PLACE, Calendar())
        assert (len(found.judged), found.since, len(found.last), found.limits) == (1, None, 2, Limits(0.5))
        assert [stratum.population for stratum in found.strata.values()] == [2]

    with_database(database_url, act)


def test_the_last_parts_and_the_limits_of_the_newest(database_url: str) -> None:
    async def act(database: Database) -> None:
        assert await last_parts(database, PLACE) == ([], None)
        await store(database, [part(1, 0.25), part(2, 0.5, role="shadow"), part(3, 0.75, role="canary")])
        parts, limits = await last_parts(database, PLACE)
        assert [(one.unit, one.part.score) for one in parts] == [
            (part(3, 0).origin.unit, 0.75),
            (part(1, 0).origin.unit, 0.25),
        ]
        assert limits == Limits(0.5)
        assert (await by_id(database, parts[0].id)).role == "canary"

    with_database(database_url, act)
