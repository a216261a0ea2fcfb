"""The picture of a good part, beside which a person looks at another one."""

from sqlalchemy import ColumnElement, select

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict


async def good_example(database: Database, component: str, position: str | None = None) -> Record:
    """Finds the newest part that a person judged good and whose picture is kept; one that passed, if there is one.

    Args:
        database: of the results.
        component: of which.
        position: on the unit; None for any.

    Raises:
        NoSuchResult: there is none.
        DatabaseAway: the database does not answer.
    """
    wanted = [judged.c.component == component, judged.c.good, inspections.c.picture_kept]
    wanted.append(inspections.c.picture_gone.is_(None))
    if position is not None:
        wanted.append(inspections.c.position == position)
    found = await _newest(database, [*wanted, judged.c.verdict == Verdict.PASS]) or await _newest(database, wanted)
    if found is None:
        there = f"{component} at {position[:40]!r}" if position is not None else component
        raise NoSuchResult(
            f"no part of {there[:200]} was judged good whose picture is still there",
            hint="judge a good one: with `audit` in its route some that pass come into the queue",
        )
    return found


async def _newest(database: Database, wanted: "list[ColumnElement[bool]]") -> Record | None:
    question = (
        select(inspections)
        .join_from(judged, judgements, judgements.c.id == judged.c.judgement)
        .join(inspections, inspections.c.id == judgements.c.shown)
        .where(*wanted)
        .order_by(judged.c.slot.desc(), judged.c.inspection.desc())
        .limit(1)
    )
    async with database.reading() as connection:
        row = (await connection.execute(question)).mappings().first()
    return None if row is None else from_row(dict(row))
