"""Counts of answered parts, made as their rows are stored: a figure of quality must not count a million rows."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import INSERT
from aoi_modules.results.database.portions import portions
from aoi_modules.results.database.tables import inspections, tallies
from aoi_modules.results.record import OF_PARTS, Record

SLOT = timedelta(minutes=15)
"""Shifts begin and end at such times, and the clocks of all time zones are such times apart."""
_KIND = [column.name for column in tallies.primary_key.columns]
_START = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def counted(record: Record) -> dict[str, Any]:
    """What a part is counted by. What its record does not say is an empty text, or 0."""
    inspection, origin = record.inspection, record.origin
    return {
        "slot": slot_of(record.time),
        "component": inspection.component,
        "model": inspection.model.name,
        "version": inspection.model.version or 0,
        "lot": origin.lot or "",
        "station": origin.station or "",
        "verdict": inspection.verdict.value,
        "chance": record.chance,
    }


def slot_of(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour in which a moment lies."""
    return _START + (moment - _START) // SLOT * SLOT


async def add(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Counts parts that were answered: no shadows, no checks, and no pictures that were sent again.

    Args:
        connection: of the transaction that is about to store these records.
        records: new ones, in the order in which they were accepted.
    """
    answered = [record for record in records if record.role in OF_PARTS and record.repeats is None]
    first = await _first_attempts(connection, answered)
    parts = Counter((*counted(record).items(), ("first", record.id in first)) for record in answered)
    # in order, so that two gateways cannot wait for each other
    rows = sorted(({**dict(kind), "parts": number} for kind, number in parts.items()), key=lambda row: [*row.values()])
    if rows:
        insert = INSERT[connection.dialect.name](tallies)
        more = {"parts": tallies.c.parts + insert.excluded.parts}
        await connection.execute(insert.on_conflict_do_update(index_elements=_KIND, set_=more), rows)


async def _first_attempts(connection: AsyncConnection, records: Sequence[Record]) -> set[str]:
    """The ids of those that are the first picture of their place on their unit; what names no unit is always the first.

    A unit that comes by again, as after a repair, is another attempt.
    """
    c = inspections.c
    seen: set[tuple[str | None, ...]] = set()
    for some in portions(record.origin.unit for record in records if record.origin.unit is not None):
        before = select(c.unit, c.component, c.position).distinct().where(c.unit.in_(some), c.role.in_(OF_PARTS))
        seen.update(tuple(row) for row in await connection.execute(before))
    first: set[str] = set()
    for record in records:
        place = (record.origin.unit, record.inspection.component, record.origin.position)
        if place[0] is None or place not in seen:
            first.add(record.id)
        seen.add(place)
    return first
