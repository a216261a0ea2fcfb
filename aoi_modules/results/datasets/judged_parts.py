"""The parts of a component that people judged, each with the picture by which they did."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.record import Record

_PAGE = 500
_FIRST = "0" * 32


@dataclass(frozen=True)
class JudgedPart:
    """A part and what is said of it.

    Args:
        inspection: id of the inspection that was answered.
        shown: record of the picture that was judged; of the answered inspection, or of a shadow.
        good: what was said.
        defect: which one; None for a good part.
        unit: that the part is on; None if it is not known.
    """

    inspection: str
    shown: Record
    good: bool
    defect: str | None
    unit: str | None


async def judged_parts(database: Database, component: str) -> AsyncIterator[JudgedPart]:
    """All judged parts of a component, oldest first, whoever asked for the judgement.

    Raises:
        DatabaseAway: the database does not answer.
    """
    after = _FIRST
    while True:
        question = (
            select(inspections, judged.c.inspection.label("part"), judged.c.good, judged.c.defect)
            .join_from(judged, judgements, judgements.c.id == judged.c.judgement)
            .join(inspections, inspections.c.id == judgements.c.shown)
            .where(judged.c.component == component, judged.c.inspection > after)
            .order_by(judged.c.inspection)
            .limit(_PAGE)
        )
        async with database.reading() as connection:
            rows = (await connection.execute(question)).mappings().all()
        for row in rows:
            shown = from_row(dict(row))
            yield JudgedPart(row["part"], shown, row["good"], row["defect"], shown.origin.unit)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["part"]
