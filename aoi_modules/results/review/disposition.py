"""What becomes of a unit: the newest judgement in force that says so, of all inspections of the unit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, put
from aoi_modules.results.database.tables import dispositions, inspections, judged, judgements
from aoi_modules.results.record import SCHEMA, Origin, Record
from aoi_modules.results.review.judgement import Disposition, Judgement


class UnitDisposition(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a unit from a moment on, and by which judgement."""

    id: str
    """That of the judgement, or of what took one back, by which this came about."""
    time: datetime
    who: str
    disposition: Disposition | None
    """Null where no judgement in force says any more what becomes of the unit."""
    judgement: str | None
    """Id of the judgement in force that says so; null where there is none."""
    inspection: str
    """Id of the inspection that was judged."""
    component: str
    origin: Origin
    """Of that inspection. Without a unit, this is about its part alone."""
    schema: int = SCHEMA


Compose = Callable[[UnitDisposition], Sequence[Letter]]
"""Writes what the way out gets about a disposition, as it is stored."""


async def follow(connection: AsyncConnection, record: Record, said: Judgement, compose: Compose) -> None:
    """Writes what becomes of a unit after a judgement of it, or after one was taken back, if that has changed.

    Args:
        connection: of the transaction that writes the judgement; what is in force stands in `judged` already.
        record: the inspection that was judged.
        said: the judgement, or what takes one back.
        compose: see `Compose`.
    """
    row = (await connection.execute(_in_force(record))).first()
    now = (None, None) if row is None else (row.disposition, row.id)
    before = (await connection.execute(_last(record))).first()
    if now == ((None, None) if before is None else (before.disposition, before.judgement)):
        return
    found = UnitDisposition(
        id=said.id,
        time=said.time,
        who=said.who,
        disposition=now[0],
        judgement=now[1],
        inspection=record.id,
        component=record.inspection.component,
        origin=record.origin,
    )
    await connection.execute(insert(dispositions).values(_row(found)))
    await put(connection, compose(found))


async def dispositions_of(database: Database, unit: str) -> list[UnitDisposition]:
    """All that became of a unit, oldest first; the last one holds.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(dispositions).where(dispositions.c.unit == unit).order_by(dispositions.c.id)
    async with database.reading() as connection:
        return [_disposition(dict(row)) for row in (await connection.execute(question)).mappings()]


def _in_force(record: Record) -> Select[Any]:
    """The newest judgement in force that says what becomes of the unit of an inspection, or of its part alone."""
    c = judgements.c
    return (
        select(c.id, c.disposition)
        .join_from(judged, judgements, c.id == judged.c.judgement)
        .join(inspections, inspections.c.id == judged.c.inspection)
        .where(_same(inspections.c.unit, inspections.c.id, record), c.disposition.is_not(None))
        .order_by(c.id.desc())
        .limit(1)
    )


def _last(record: Record) -> Select[Any]:
    """The newest row about the unit of an inspection, or about its part alone."""
    c = dispositions.c
    return select(c.disposition, c.judgement).where(_same(c.unit, c.inspection, record)).order_by(c.id.desc()).limit(1)


def _same(unit: ColumnElement[str], inspection: ColumnElement[str], record: Record) -> ColumnElement[bool]:
    return inspection == record.id if record.origin.unit is None else unit == record.origin.unit


def _row(found: UnitDisposition) -> dict[str, Any]:
    row = msgspec.structs.asdict(found)
    origin = row.pop("origin")
    return {**row, **msgspec.structs.asdict(origin)}


def _disposition(row: dict[str, Any]) -> UnitDisposition:
    origin = Origin(**{name: row.pop(name) for name in Origin.__struct_fields__})
    return UnitDisposition(**row, origin=origin)
