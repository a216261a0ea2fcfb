"""Which heads judged lately: of the line before those of shadows."""

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality.heads import judging_heads
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record


def head(name: str, threshold: float | None = 0.5) -> HeadResult:
    return HeadResult(
        name=name, kind="defect", label=name, score=0.1, scores=None, threshold=threshold, review_band=None,
        verdict=None if threshold is None else Verdict.PASS,
    )  # fmt: skip


def test_heads_that_judge_each_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        both = (head("crack"), head("colour", None))
        await store(
            database,
            [
                record(0, heads=both), record(1, heads=(head("crack"), head("dent"))),
                record(2, heads=both, version=4, role="shadow"), record(3, heads=both, version=None),
                record(4, component="board", heads=both),
            ],
        )  # fmt: skip
        places = [(3, "crack"), (3, "dent"), (4, "crack")]
        assert await judging_heads(database, "tile") == [
            Place(component="tile", model="tile", version=version, head=name) for version, name in places
        ]
        assert await judging_heads(database, "chair") == []

    with_database(database_url, act)
