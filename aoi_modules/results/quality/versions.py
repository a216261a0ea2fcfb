"""Which versions of which models answered about the line's parts."""

from collections.abc import Mapping

from sqlalchemy import select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import typed
from aoi_modules.results.database.tables import tallies
from aoi_modules.results.quality.counting import Scope, within


async def versions(database: Database, about: Mapping[str, str]) -> list[tuple[str, int]]:
    """Reads model and version of what answered, the newest version first.

    Args:
        database: of the results.
        about: which parts, by the names of `Scope`.

    Raises:
        BadParameter: a name is no field, or its text makes no sense.
        DatabaseAway: the database does not answer.
    """
    c = tallies.c
    question = select(c.model, c.version).distinct().where(*within(tallies, typed(about, Scope)), c.version > 0)
    async with database.reading() as connection:
        rows = (await connection.execute(question)).all()
    return sorted(((row.model, row.version) for row in rows), key=lambda one: (one[0], -one[1]))
