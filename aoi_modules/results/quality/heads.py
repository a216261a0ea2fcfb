"""Which heads of which models judged a component's parts lately."""

from sqlalchemy import select

from aoi_modules.results.database.columns import NewestFirst
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.limits.setting import Place

LOOKED_AT = 400
"""Inspections, the newest, in which canary and shadow are found, too."""


async def judging_heads(database: Database, component: str) -> list[Place]:
    """Finds the heads that judged the newest parts: those that answered first, then those of shadows.

    Args:
        database: of the results.
        component: whose parts.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = inspections.c
    question = select(c.role, c.model, c.version, c.heads).where(c.component == component, c.version.is_not(None))
    async with database.reading() as connection:
        rows = (await connection.execute(question.order_by(NewestFirst(c.id)).limit(LOOKED_AT))).all()
    found = [
        Place(component=component, model=row.model, version=row.version, head=head["name"])
        for row in sorted(rows, key=lambda row: ("line", "canary", "shadow").index(row.role))
        for head in row.heads
        if head.get("threshold") is not None
    ]
    return list(dict.fromkeys(found))
