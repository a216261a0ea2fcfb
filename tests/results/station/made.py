"""Checks for tests, and the inspections of golden pictures that they are of."""

from datetime import datetime
from typing import Any

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.record import Record, new_id, now
from aoi_modules.results.station.check import Check, GoldenCall, evaluate
from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.verdict import Verdict
from tests.results.records import record

PLAN = CheckPlan(golden="golden", every_hours=8)
GOLDEN = "ab" * 32
SCORES = {"good": 0.1, "bad": 0.9}
"""Of the two golden parts that most tests have."""


def defect(score: float | None) -> HeadResult:
    verdict = Verdict.REVIEW if score is None or 0.4 <= score < 0.5 else Verdict.FAIL if score >= 0.5 else Verdict.PASS
    return HeadResult(
        name="defect",
        kind="defect",
        label="crack",
        score=score,
        scores=None,
        threshold=0.5,
        review_band=(0.4, 0.5),
        verdict=verdict,
    )


def golden_record(score: float | None, moment: datetime | None = None, **changes: Any) -> Record:
    """The inspection of a golden picture, of now."""
    moment = moment or now()
    head = defect(score)
    made = record(id=new_id(moment), role="check", verdict=head.verdict, heads=(head,), **changes)
    return made.__class__(**{**{name: getattr(made, name) for name in made.__struct_fields__}, "time": moment})


def call(part: str, inspection: str, recorded: float | None = None) -> GoldenCall:
    """What is true of a part stands in its name."""
    scores = {} if recorded is None else {"defect": recorded}
    return GoldenCall(part=part, defective="bad" in part, inspection=inspection, scores=scores)


def evaluated(scores: dict[str, float | None], *earlier: Check, plan: CheckPlan = PLAN, **recorded: float) -> Check:
    """A check in which parts of these names got these scores."""
    records = {part: golden_record(score) for part, score in scores.items()}
    calls = [call(part, one.id, recorded.get(part)) for part, one in records.items()]
    found = {one.id: one for one in records.values()}
    return evaluate(calls, found, earlier, plan, time=now(), who="Ada", gateway="first", golden=GOLDEN)
