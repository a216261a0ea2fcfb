"""A line whose shadow saw what its own model answered about, and people who judged."""

from datetime import timedelta

from sqlalchemy import update

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import reviews
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record, ReviewReason, now
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import put
from aoi_modules.verdict import Verdict
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")
_WHY: dict[Verdict, ReviewReason] = {Verdict.REVIEW: "doubtful", Verdict.FAIL: "failed"}


async def seen_by_both(
    database: Database,
    number: int,
    answered: Verdict,
    shadow: Verdict,
    said: Opinion | None = None,
    *,
    chosen: bool = False,
    **origin: str,
) -> Record:
    """A picture that version 3 answered about, and version 4 as its shadow.

    Args:
        database: of the results.
        number: second of the shift.
        answered: what version 3 said.
        shadow: what version 4 said.
        said: by a person.
        chosen: for the audit.
        origin: of the picture.
    """
    why = "audit" if chosen else _WHY.get(answered)
    chance = 0.5 if answered is Verdict.PASS else 1.0
    one = record(number, verdict=answered, review=why, chance=chance, **origin)
    differs = shadow is not answered
    other = record(
        number,
        verdict=shadow,
        version=4,
        role="shadow",
        shadows=one.id,
        review="disagreement" if differs else None,
        **origin,
    )
    await store(database, [one, other], beside=put)
    if said is not None:
        await _give(database, one.id)
        await judge(database, one.id, said, "Ada")
    return one


async def judged(database: Database, caught: int, missed: int) -> None:
    """Defects that version 4 alone stops, and such that it alone lets pass; 200 parts that both pass."""
    passed, failed = Verdict.PASS, Verdict.FAIL
    for number in range(200):
        await seen_by_both(database, number, passed, passed)
    for number in range(caught):
        await seen_by_both(database, 1000 + number, passed, failed, CRACK)
    for number in range(missed):
        await seen_by_both(database, 2000 + number, failed, passed, CRACK)


async def _give(database: Database, inspection: str) -> None:
    """Gives a part out of the queue to Ada, if it waits there."""
    async with database.transaction() as connection:
        given = {"leased_by": "Ada", "leased_until": now() + timedelta(minutes=5)}
        await connection.execute(update(reviews).where(reviews.c.inspection == inspection).values(given))
