"""What a person compares a part with: a good one of the same component, which somebody judged not long ago."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.record import Record

_LAST = 20
"""Good parts among which one of the same position is looked for."""


class GoodOne(msgspec.Struct, frozen=True, kw_only=True):
    """A part that somebody judged good."""

    inspection: str
    """Id of the inspection whose picture was judged."""
    picture: str
    """Path of that picture."""
    position: str | None
    """Of the picture on its unit; another one than that of the part where none of the same was judged."""
    who: str
    """Judged it."""
    time: datetime
    """When."""


async def good_one(database: Database, record: Record) -> GoodOne | None:
    """Finds the newest good part of a component whose picture is there, of the same position if there is one.

    Args:
        database: of the results.
        record: of the part that is to be judged; it is not compared with itself.

    Raises:
        DatabaseAway: the database does not answer.
    """
    component, itself = record.inspection.component, [one for one in (record.id, record.shadows) if one is not None]
    last = (
        select(judged.c.judgement, judged.c.slot)
        .where(judged.c.component == component, judged.c.good, judged.c.inspection.not_in(itself))
        .order_by(judged.c.slot.desc())
        .limit(_LAST)
        .subquery()
    )
    question = (
        select(judgements.c.shown, judgements.c.who, judgements.c.time, inspections.c.position)
        .join_from(last, judgements, judgements.c.id == last.c.judgement)
        .join(inspections, inspections.c.id == judgements.c.shown)
        .where(inspections.c.picture_kept, inspections.c.picture_gone.is_(None))
        .order_by(judgements.c.time.desc())
    )
    async with database.reading() as connection:
        rows = (await connection.execute(question)).all()
    row = next((row for row in rows if row.position == record.origin.position), next(iter(rows), None))
    if row is None:
        return None
    picture = f"/v1/inspections/{row.shown}/picture"
    return GoodOne(inspection=row.shown, picture=picture, position=row.position, who=row.who, time=row.time)
