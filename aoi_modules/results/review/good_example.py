"""The picture of a good part, beside which a person looks at another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import by_id
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict

_LAST = 100
"""Parts that were judged good among which is looked, so that it costs the same whatever was judged before."""


@dataclass(frozen=True)
class GoodExample:
    """A part that a person judged good.

    Args:
        inspection: id of that whose picture was judged, and is kept.
        position: of the picture on its unit.
        passed: whether the part's own inspection let it pass.
        who: judged it.
        time: when.
    """

    inspection: str
    position: str | None
    passed: bool
    who: str
    time: datetime


async def good_example(database: Database, component: str, position: str | None = None) -> Record:
    """Finds the newest part that a person judged good and whose picture is kept; one that passed, if there is one.

    Args:
        database: of the results.
        component: of which.
        position: on the unit; None for any.

    Raises:
        NoSuchResult: there is none among the last that were judged.
        DatabaseAway: the database does not answer.
    """
    there = await _last(database, component)
    found = _best([one for one in there if position in (None, one.position)])
    if found is None:
        there_at = f"{component} at {position[:40]!r}" if position is not None else component
        raise NoSuchResult(
            f"no part of {there_at[:200]} was judged good whose picture is still there",
            hint="judge a good one: with `audit` in its route some that pass come into the queue",
        )
    return await by_id(database, found.inspection)


async def example_beside(database: Database, record: Record) -> GoodExample | None:
    """Finds what a part is compared with: a good one of the same position, or else of any; None where there is none.

    Args:
        database: of the results.
        record: of the part, which is not compared with itself.

    Raises:
        DatabaseAway: the database does not answer.
    """
    itself = (record.id, record.shadows)
    there = [one for one in await _last(database, record.inspection.component) if one.inspection not in itself]
    return _best([one for one in there if one.position == record.origin.position]) or _best(there)


def _best(there: Sequence[GoodExample]) -> GoodExample | None:
    return next((one for one in there if one.passed), next(iter(there), None))


async def _last(database: Database, component: str) -> list[GoodExample]:
    """The last good parts whose picture is there, the newest first; of each what the choice needs, not its record."""
    newest = (judged.c.slot.desc(), judged.c.inspection.desc())
    last = (
        select(judged.c.judgement, judged.c.slot, judged.c.inspection, judged.c.verdict.label("answered"))
        .where(judged.c.component == component, judged.c.good)
        .order_by(*newest)
        .limit(_LAST)
        .subquery()
    )
    question = (
        select(inspections.c.id, inspections.c.position, last.c.answered, judgements.c.who, judgements.c.time)
        .join_from(last, judgements, judgements.c.id == last.c.judgement)
        .join(inspections, inspections.c.id == judgements.c.shown)
        .where(inspections.c.picture_kept, inspections.c.picture_gone.is_(None))
        .order_by(last.c.slot.desc(), last.c.inspection.desc())
    )
    async with database.reading() as connection:
        rows = await connection.execute(question)
        return [GoodExample(row.id, row.position, row.answered == Verdict.PASS, row.who, row.time) for row in rows]
