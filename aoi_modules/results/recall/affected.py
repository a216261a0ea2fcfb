"""The parts that a faulty version, or faulty limits, let pass."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, select

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.record import Record, Role, first_id
from aoi_modules.results.review.judgement import Disposition
from aoi_modules.verdict import Verdict

_PAGE = 2000
_ANSWERING: tuple[Role, ...] = ("line", "canary")
"""Whose verdicts let parts pass: a shadow decides nothing, and a check of the station is about no part."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What was faulty, and when."""

    model: str
    version: int
    limits: int | None = None
    """Number of a setting of limits; null: whatever limits judged."""
    component: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A part that passed though it perhaps should not have."""

    record: Record
    """The inspection that was answered."""
    judged: str | None
    """What a person said of it since: `good` or the name of the defect; null where nobody did."""
    disposition: Disposition | None
    """What became of the unit, as far as people said so."""


async def affected(database: Database, fault: Fault) -> AsyncIterator[Passed]:
    """All parts that the faulty version answered about, as the route's model or as its canary, and let pass.

    Repeats of a request are one part, and what a shadow said decided nothing.

    Args:
        database: of the results.
        fault: what was faulty.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = inspections.c
    question = (
        select(inspections, judged.c.good, judged.c.defect, judgements.c.disposition)
        .outerjoin(judged, judged.c.inspection == c.id)
        .outerjoin(judgements, judgements.c.id == judged.c.judgement)
        .where(*_conditions(fault))
        .order_by(c.id)
        .limit(_PAGE)
    )
    after = first_id(fault.since) if fault.since is not None else "0" * 32
    while True:
        async with database.reading() as connection:
            rows = (await connection.execute(question.where(c.id > after))).mappings().all()
        for row in rows:
            record = from_row(dict(row))
            if fault.limits is None or _judged_by(record.inspection.heads, fault.limits):
                said = None if row["good"] is None else "good" if row["good"] else row["defect"] or "defect"
                yield Passed(record=record, judged=said, disposition=row["disposition"])
        if len(rows) < _PAGE:
            return
        after = rows[-1]["id"]


def _conditions(fault: Fault) -> list[ColumnElement[bool]]:
    c = inspections.c
    conditions = [c.model == fault.model, c.version == fault.version, c.verdict == Verdict.PASS]
    conditions += [c.role.in_(_ANSWERING), c.repeats.is_(None)]
    if fault.component is not None:
        conditions.append(c.component == fault.component)
    if fault.until is not None:
        conditions.append(c.id < first_id(fault.until))
    return conditions


def _judged_by(heads: Sequence[HeadResult], number: int) -> bool:
    return any(head.limits_number == number for head in heads)
