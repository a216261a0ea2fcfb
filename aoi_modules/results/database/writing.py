"""Writing records: each of them once, whatever is sent twice."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database import tallies
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, put
from aoi_modules.results.database.portions import insert_all, portions
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.record import Record

Beside = Callable[[AsyncConnection, Sequence[Record]], Awaitable[None]]
"""Writes what else has to be written with records that are new, in the same transaction."""


class Refused(Exception):
    """The database takes one of the records under no circumstances."""


async def store(
    database: Database,
    records: Sequence[Record],
    compose: Callable[[Record], Sequence[Letter]] = lambda record: (),
    beside: Beside | None = None,
) -> list[Record]:
    """Stores records that are not there yet, counts their parts, and gives those.

    A record whose key is there already is kept as a repeat: it names the first and has no key, and nobody has to judge
    its part again.

    Args:
        database: where to.
        records: in the order in which they were accepted.
        compose: writes what the way out gets about a record that is new, as it is stored.
        beside: see `Beside`.

    Raises:
        DatabaseAway: the database does not answer; nothing was stored.
        Refused: it refuses a record for ever; nothing was stored.
    """
    tries = 3
    while True:
        tries -= 1
        try:
            async with database.transaction() as connection:
                return await _store(connection, records, compose, beside)
        except (StatementError, OverflowError) as error:
            # another gateway may have stored one of the keys in this moment, which is seen the next time
            if not tries or not isinstance(error, DBAPIError):
                raise Refused(str(getattr(error, "orig", None) or error).partition("\n")[0]) from None


async def _store(
    connection: AsyncConnection,
    records: Sequence[Record],
    compose: Callable[[Record], Sequence[Letter]],
    beside: Beside | None,
) -> list[Record]:
    there = await _known(connection, [record.id for record in records])
    new = {record.id: record for record in records if record.id not in there}  # one that came twice counts once
    if not new:
        return []
    firsts = await _firsts(connection, [record.key for record in new.values() if record.key is not None])
    marked = [_marked(record, firsts) for record in new.values()]
    await tallies.add(connection, marked)
    await insert_all(connection, inspections, [to_row(record) for record in marked])
    await put(connection, [letter for record in marked for letter in compose(record)])
    if beside is not None:
        await beside(connection, marked)
    return marked


def _marked(record: Record, firsts: dict[str, str]) -> Record:
    """The record as a repeat if its key has been seen; else its key is its own from now on."""
    if record.key is None:
        return record
    first = firsts.setdefault(record.key, record.id)
    if first == record.id:
        return record
    return msgspec.structs.replace(record, key=None, repeats=first, review=None, chance=0.0)


async def _firsts(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, str]:
    """Which record has which of these keys."""
    found: dict[str, str] = {}
    for some in portions(keys):
        question = select(inspections.c.key, inspections.c.id).where(inspections.c.key.in_(some))
        found.update((row.key, row.id) for row in await connection.execute(question))
    return found


async def _known(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in portions(ids):
        question = select(inspections.c.id).where(inspections.c.id.in_(some))
        found |= set((await connection.execute(question)).scalars())
    return found
