"""Closings of units in the database: the first one of a unit wins, and a later one settles it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.closing import ClosedPosition, Closing
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, put
from aoi_modules.results.database.portions import portions
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import closings, inspections
from aoi_modules.results.record import OF_PARTS, Record
from aoi_modules.verdict import Verdict

Compose = Callable[[Closing], Sequence[Letter]]
"""Writes what the way out gets about a closing, as it is stored."""
_TRIES = 5
"""How often a revision is tried whose number others take in the same moment."""


async def pictures_of(database: Database, unit: str) -> list[Record]:
    """The records of a unit's pictures, oldest first; without shadows, and without pictures that were sent again.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = (
        select(inspections)
        .where(inspections.c.unit == unit, inspections.c.role.in_(OF_PARTS), inspections.c.repeats.is_(None))
        .order_by(inspections.c.id)
    )
    async with database.reading() as connection:
        return [from_row(dict(row)) for row in (await connection.execute(question)).mappings()]


async def history(database: Database, unit: str) -> list[Closing]:
    """All closings of a unit, oldest first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(closings).where(closings.c.unit == unit).order_by(closings.c.run, closings.c.revision)
    async with database.reading() as connection:
        return [_closing(dict(row)) for row in (await connection.execute(question)).mappings()]


async def newest_of(database: Database, units: Collection[str]) -> list[Closing]:
    """The closing in force of each of these units that has one.

    Raises:
        DatabaseAway: the database does not answer.
    """
    found: dict[str, Closing] = {}
    async with database.reading() as connection:
        for some in portions(units):
            question = select(closings).where(closings.c.unit.in_(some)).order_by(closings.c.run, closings.c.revision)
            rows = (await connection.execute(question)).mappings()
            found.update((row["unit"], _closing(dict(row))) for row in rows)
    return list(found.values())


async def latest(database: Database, count: int) -> list[Closing]:
    """The last closings of all units, the newest first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(closings).order_by(closings.c.id.desc()).limit(count)
    async with database.reading() as connection:
        return [_closing(dict(row)) for row in (await connection.execute(question)).mappings()]


async def reopen(database: Database, closing: Closing) -> None:
    """Says that a closing is not settled, because a picture came late.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        await connection.execute(update(closings).where(closings.c.id == closing.id).values(settled=False))


async def close(database: Database, closing: Closing, compose: Compose = lambda closing: ()) -> Closing:
    """Closes a run of a unit, unless it is closed; gives the closing that is in force.

    Raises:
        DatabaseAway: the database does not answer.
    """
    try:
        async with database.transaction() as connection:
            return await _insert(connection, closing, 1, compose)
    except IntegrityError:  # another gateway has closed it
        there = [one for one in await history(database, closing.unit) if one.run == closing.run]
        if not there:
            raise
        return there[-1]


async def append(database: Database, closing: Closing, compose: Compose = lambda closing: ()) -> None:
    """Adds a closing as the next run of its unit. One that is there already stays as it is.

    Raises:
        DatabaseAway: the database does not answer.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            await _append(database, closing, compose)
            return
        except IntegrityError:  # another gateway took the number in this moment
            if not tries_left:
                raise


async def settle(
    database: Database, open_one: Closing, closing: Closing, compose: Compose = lambda closing: ()
) -> bool:
    """Settles an open closing by a later one; whether this was it, and no other gateway's.

    Raises:
        DatabaseAway: the database does not answer.
    """
    try:
        async with database.transaction() as connection:
            mine = (closings.c.id == open_one.id) & closings.c.settled.is_(False)
            found = await connection.execute(update(closings).where(mine).values(settled=True))
            if not found.rowcount:
                return False
            await _insert(connection, closing, open_one.revision + 1, compose)
    except IntegrityError:  # another gateway took the number in this moment; the closing stays open until the next try
        return False
    return True


async def open_ones(database: Database, count: int) -> list[Closing]:
    """The oldest closings that wait to be settled.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(closings).where(closings.c.settled.is_(False)).order_by(closings.c.id).limit(count)
    async with database.reading() as connection:
        return [_closing(dict(row)) for row in (await connection.execute(question)).mappings()]


async def _append(database: Database, closing: Closing, compose: Compose) -> None:
    async with database.transaction() as connection:
        there = await connection.execute(select(closings.c.id).where(closings.c.id == closing.id))
        if there.first() is None:
            last = select(func.max(closings.c.run)).where(closings.c.unit == closing.unit)
            run = ((await connection.execute(last)).scalar() or 0) + 1
            await _insert(connection, msgspec.structs.replace(closing, run=run), 1, compose)


async def _insert(connection: AsyncConnection, closing: Closing, revision: int, compose: Compose) -> Closing:
    numbered = msgspec.structs.replace(closing, revision=revision)
    values = {column.name: getattr(numbered, column.name) for column in closings.c}
    plain = ("verdict", "positions", "missing", "required", "awaited")
    await connection.execute(
        insert(closings).values({**values, **{name: msgspec.to_builtins(values[name]) for name in plain}})
    )
    await put(connection, compose(numbered))
    return numbered


def _closing(row: Mapping[str, Any]) -> Closing:
    return Closing(
        **{
            **row,
            "verdict": Verdict(row["verdict"]),
            "positions": msgspec.convert(row["positions"], tuple[ClosedPosition, ...]),
            "missing": tuple(row["missing"]),
            "required": tuple(row["required"]),
            "awaited": tuple(row["awaited"]),
        }
    )
