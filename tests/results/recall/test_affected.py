"""The parts that a faulty version or limit let pass: these, all of them, and no others."""

import pytest

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.recall.affected import Fault, Passed, affected
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record

FAULT = Fault(model="tile", version=3)


def head(limits: int | None) -> tuple[HeadResult, ...]:
    return (
        HeadResult(
            name="defect",
            kind="defect",
            label="crack",
            score=0.1,
            scores=None,
            threshold=0.5,
            review_band=None,
            verdict=Verdict.PASS,
            limits_number=limits,
        ),
    )


async def found(database: Database, fault: Fault) -> list[Passed]:
    return [one async for one in affected(database, fault)]


def test_what_a_version_let_pass(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aoi_modules.results.recall.affected._PAGE", 2)  # several pages
    passed = [record(number, unit=f"SN{number}", lot="L1") for number in range(5)]
    canary = record(10, role="canary")
    others = [
        record(11, verdict=Verdict.FAIL),
        record(12, version=4),
        record(13, model="pcb"),
        record(14, role="shadow", shadows=passed[0].id),
        record(15, repeats=passed[0].id),
        record(16, role="check"),
    ]

    async def act(database: Database) -> None:
        await store(database, [*passed, canary, *others])
        await judge(database, passed[1].id, Opinion(verdict="defect", defect="crack", disposition="scrapped"), "Ada")
        await judge(database, passed[2].id, Opinion(verdict="good"), "Ada")
        parts = await found(database, FAULT)
        assert [one.record.id for one in parts] == [*(one.id for one in passed), canary.id]
        assert [(one.judged, one.disposition) for one in parts[:3]] == [
            (None, None), ("crack", "scrapped"), ("good", None),
        ]  # fmt: skip

    with_database(database_url, act)


def test_what_limits_let_pass_and_when(database_url: str) -> None:
    parts = [record(number, heads=head(limits)) for number, limits in enumerate((None, 7, 8, 7))]
    pcb = record(9, component="pcb", heads=head(7))

    async def act(database: Database) -> None:
        await store(database, [*parts, pcb])

        async def numbers(**narrower: object) -> list[int]:
            ids = [one.id for one in (*parts, pcb)]
            fault = Fault(model="tile", version=3, **narrower)  # type: ignore[arg-type]
            return [ids.index(one.record.id) for one in await found(database, fault)]

        assert await numbers(limits=7) == [1, 3, 4]
        assert await numbers(limits=7, component="tile") == [1, 3]
        assert await numbers(since=parts[2].time) == [2, 3, 4]
        assert await numbers(until=parts[2].time) == [0, 1]
        assert await numbers(limits=9) == []

    with_database(database_url, act)
