"""Which names of defects people used, so that the same one is offered again."""

from datetime import timedelta

from sqlalchemy import func, select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import judged
from aoi_modules.results.record import now

_LAST = timedelta(days=90)
_MOST = 40
"""Names of one component."""


async def defect_names(database: Database) -> dict[str, list[str]]:
    """The names of the last three months by component, the most frequent first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c, times = judged.c, func.count()
    question = (
        select(c.component, c.defect)
        .where(c.good.is_(False), c.slot >= now() - _LAST)
        .group_by(c.component, c.defect)
        .order_by(c.component, times.desc(), c.defect)
    )
    found: dict[str, list[str]] = {}
    async with database.reading() as connection:
        for component, defect in await connection.execute(question):
            found.setdefault(component, []).append(defect)
    return {component: names[:_MOST] for component, names in found.items()}
