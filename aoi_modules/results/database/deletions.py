"""Pictures that leave: first their rows say so, then they are deleted from the store, then the order is forgotten.

So no row ever promises a picture that is gone, and what a crash leaves undone the next run finishes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, literal, select, text, update

from aoi_modules.results.database.columns import HexId
from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.tables import PICTURE_IS_THERE, deletions, holds, inspections
from aoi_modules.results.record import new_id
from aoi_modules.verdict import Verdict

_LEAVING = (inspections.c.id, inspections.c.picture_kind, inspections.c.picture_size)
_ANY_HOLD = exists().where(holds.c.inspection == inspections.c.id)


@dataclass(frozen=True)
class Leaving:
    """A picture that is to be deleted from the store.

    Args:
        id: of its inspection.
        kind: of the file; see `record.Picture`.
        size: in bytes.
    """

    id: str
    kind: str
    size: int


@dataclass(frozen=True)
class Aged:
    """Which pictures are over their age.

    Args:
        verdict: of their inspections.
        before: this id; see `record.first_id`.
    """

    verdict: Verdict
    before: str

    def condition(self) -> ColumnElement[bool]:
        """As SQL, which the index `inspections_with_picture` serves."""
        c = inspections.c
        return and_(c.verdict == self.verdict.value, text(PICTURE_IS_THERE), c.id < self.before)


async def order(
    database: Database, aged: Aged, *, run: str, moment: datetime, after: str, count: int
) -> tuple[list[Leaving], str | None]:
    """Orders the deletion of pictures that nobody holds, the oldest first. Their rows say from now on that they went.

    Args:
        database: of the records.
        aged: which pictures.
        run: id of this order and of no other.
        moment: that the rows name.
        after: only inspections after this id.
        count: at most so many.

    Returns:
        The pictures, and the id after which to go on; None if there are no more.

    Raises:
        DatabaseAway: the database does not answer; nothing was ordered.
    """
    free = select(*_LEAVING).where(aged.condition(), inspections.c.id > after, ~_ANY_HOLD)
    free = free.order_by(inspections.c.id).limit(count).with_for_update(skip_locked=True, of=inspections)
    async with database.transaction() as connection:
        found = {row.id: Leaving(*row) for row in await connection.execute(free)}
        if not found:
            return [], None
        ids = list(found)
        still_free = select(inspections.c.id, literal(run, HexId)).where(
            inspections.c.id.in_(ids), text(PICTURE_IS_THERE), ~_ANY_HOLD
        )
        await connection.execute(insert(deletions).from_select(["inspection", "run"], still_free))
        of_this_run = select(deletions.c.inspection).where(deletions.c.run == run)
        ordered = list((await connection.execute(of_this_run)).scalars())
        rows = update(inspections).where(inspections.c.id.in_(ordered))
        await connection.execute(rows.values(picture_gone=moment))
    return [found[one] for one in sorted(ordered)], ids[-1] if len(ids) == count else None


async def order_late(database: Database, ids: Sequence[str]) -> None:
    """Orders the deletion of pictures that came into the store when their rows said already that they went.

    Raises:
        DatabaseAway: the database does not answer; nothing was ordered.
    """
    gone = select(inspections.c.id, literal(new_id(), HexId)).where(
        inspections.c.id.in_(ids), inspections.c.picture_gone.is_not(None)
    )
    async with database.transaction() as connection:
        rows = INSERT[connection.dialect.name](deletions).from_select(["inspection", "run"], gone)
        await connection.execute(rows.on_conflict_do_nothing())


async def ordered(database: Database, count: int) -> list[Leaving]:
    """Pictures whose deletion was ordered and perhaps not done, at most so many.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(*_LEAVING).join_from(deletions, inspections, deletions.c.inspection == inspections.c.id)
    async with database.reading() as connection:
        rows = await connection.execute(question.order_by(deletions.c.inspection).limit(count))
        return [Leaving(*row) for row in rows]


async def done(database: Database, ids: Sequence[str]) -> None:
    """Forgets orders: these pictures are not in the store any more.

    Raises:
        DatabaseAway: the database does not answer; they will be deleted again, which does no harm.
    """
    async with database.transaction() as connection:
        await connection.execute(delete(deletions).where(deletions.c.inspection.in_(ids)))


async def spared(database: Database, aged: Aged) -> int:
    """How many pictures are over their age, and stay because somebody holds them.

    Raises:
        DatabaseAway: the database does not answer.
    """
    held = select(holds.c.inspection).distinct().subquery()
    question = select(func.count()).select_from(inspections.join(held, held.c.inspection == inspections.c.id))
    async with database.reading() as connection:
        return (await connection.execute(question.where(aged.condition()))).scalar_one()
