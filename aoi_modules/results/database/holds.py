"""Holds: why the picture of an inspection has to stay, whatever its age. One picture may be held for several reasons.

Who holds and who deletes may meet in the same moment. A hold is written first and then looks whether the picture is
still there; whoever deletes locks the rows first and then looks for holds. So one of them sees the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.portions import portions
from aoi_modules.results.database.tables import holds, inspections
from aoi_modules.results.record import is_id, now


@dataclass(frozen=True)
class Hold:
    """Why a picture stays.

    Args:
        inspection: id of its record.
        reason: `queue`, `judged`, `complaint 4711`, `data set tile-2026`.
        who: holds it: a person, or a part of the station.
        time: since when.
    """

    inspection: str
    reason: str
    who: str
    time: datetime


async def hold(connection: AsyncConnection, ids: Iterable[str], reason: str, who: str) -> None:
    """Holds the pictures of inspections; those that are held for this reason already stay as they are.

    Args:
        connection: of a transaction, which has to be rolled back if this fails.
        ids: of the inspections.
        reason: by which they can be released again.
        who: see `Hold`.

    Raises:
        NoSuchResult: there is no such inspection, or its picture was never kept or is gone.
    """
    moment = now()
    for some in portions(_checked(ids)):
        rows = [{"inspection": one, "reason": reason, "who": who, "time": moment} for one in some]
        await connection.execute(INSERT[connection.dialect.name](holds).values(rows).on_conflict_do_nothing())
        columns = (inspections.c.id, inspections.c.picture_kept, inspections.c.picture_gone)
        question = select(*columns).where(inspections.c.id.in_(some)).with_for_update()
        found = {row.id: row for row in await connection.execute(question)}
        for one in some:
            if one not in found:
                raise NoSuchResult(f"no inspection {one}")
            if not found[one].picture_kept:
                raise NoSuchResult(f"the inspection {one} has no picture that was kept")
            if found[one].picture_gone is not None:
                raise NoSuchResult(f"the picture of the inspection {one} went on {found[one].picture_gone:%Y-%m-%d}")


async def release(connection: AsyncConnection, reason: str, ids: Iterable[str] | None = None) -> int:
    """Takes holds back, and gives how many these were.

    Args:
        connection: of a transaction.
        reason: of the holds; those for other reasons stay.
        ids: of the inspections; None for all.
    """
    if ids is None:
        return (await connection.execute(delete(holds).where(holds.c.reason == reason))).rowcount
    released = 0
    for some in portions(_checked(ids)):
        which = (holds.c.reason == reason) & holds.c.inspection.in_(some)
        released += (await connection.execute(delete(holds).where(which))).rowcount
    return released


async def holds_of(database: Database, record_id: str) -> list[Hold]:
    """Why the picture of an inspection is held, the oldest reason first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(holds).where(holds.c.inspection == record_id).order_by(holds.c.time, holds.c.reason)
    async with database.reading() as connection:
        return [Hold(**row) for row in (await connection.execute(question)).mappings()]


def _checked(ids: Iterable[str]) -> list[str]:
    every = list(ids)
    for one in every:
        if not is_id(one):
            raise NoSuchResult(f"no inspection {one}")
    return every
