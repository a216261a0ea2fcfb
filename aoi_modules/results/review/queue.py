"""The review queue in the database: what waits for a person, and who looks at it now.

Doubtful parts come first, since somebody waits for them; then those about which model and shadow differ, the audit, and
the failed ones. Among equals chance decides. So those that were judged first are a random sample of all that wait, and
figures may speak before the queue is empty.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.holds import release
from aoi_modules.results.database.portions import portions
from aoi_modules.results.database.tables import holds, judged, reviews
from aoi_modules.results.record import Record, ReviewReason, first_id, now

RANKS: dict[ReviewReason, int] = {"doubtful": 0, "disagreement": 1, "audit": 2, "failed": 3}
HOLD = "review"
"""Why the pictures of waiting inspections stay."""
LEASE = timedelta(minutes=2)
"""How long a part is one person's alone; asking for the next one, or judging, ends it earlier."""
_DRAWS = 2**31
_BLIND_SHARE = 0.1


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """How many inspections of a component wait, by reason."""

    component: str
    reason: ReviewReason
    parts: int


@dataclass(frozen=True)
class Review:
    """A part that a person has to judge, and has before them.

    Args:
        inspection: id of what is judged.
        shown: id of the inspection whose picture is kept: a shadow's where only that one is.
        reason: why.
        blind: whether model, scores and verdict are not shown: of each audit, and of a tenth of the others, so that
            a part which is shown blind need not be one that passed.
        until: whose it is alone; then others may get it.
    """

    inspection: str
    shown: str
    reason: ReviewReason
    blind: bool
    until: datetime


async def put(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Adds what has to be judged to the queue, and holds its pictures.

    Args:
        connection: of the transaction that stores these records.
        records: new ones.
    """
    rows = [
        waiting_row(record.shadows or record.id, record.id, record.inspection.component, record.review)
        for record in records
        if record.review is not None
    ]
    there = await _judged(connection, [row["inspection"] for row in rows])
    await add(connection, [row for row in rows if row["inspection"] not in there])


async def add(connection: AsyncConnection, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows to the queue, and holds their pictures; what waits already stays as it is.

    Args:
        connection: of a transaction.
        rows: see `waiting_row`.
    """
    if not rows:
        return
    insert = INSERT[connection.dialect.name]
    held = [{"inspection": row["shown"], "reason": HOLD, "who": "station", "time": now()} for row in rows]
    await connection.execute(insert(reviews).on_conflict_do_nothing(), rows)
    await connection.execute(insert(holds).on_conflict_do_nothing(), held)


async def take(
    database: Database,
    who: str,
    component: str | None = None,
    *,
    keeps: Sequence[str] | None = None,
    passes: Sequence[str] = (),
) -> Review | None:
    """Gives a person the next part, which is theirs alone for a while; None if nothing waits.

    Args:
        database: of the results.
        who: the person.
        component: only its parts; None for all.
        keeps: ids of parts that they have before them and that stay theirs, from now on as long as the next one.
            What they have at another desk stays theirs until its time is over. None: all that they had
            goes back to the others.
        passes: ids of parts that they do not want now: they go back, and they get none of them.

    Raises:
        DatabaseAway: the database does not answer.
    """
    moment = now()
    until = moment + LEASE
    async with database.transaction() as connection:
        mine = update(reviews).where(reviews.c.leased_by == who)
        back = mine if keeps is None else mine.where(reviews.c.inspection.in_(passes))
        await connection.execute(back.values(leased_by=None, leased_until=None))
        if keeps:
            await connection.execute(mine.where(reviews.c.inspection.in_(keeps)).values(leased_until=until))
        row = (await connection.execute(_next(component, moment, passes))).first()
        if row is None:
            return None
        mine = update(reviews).where(reviews.c.inspection == row.inspection)
        await connection.execute(mine.values(leased_by=who, leased_until=until))
    return Review(row.inspection, row.shown, row.reason, is_blind(row.reason, row.draw), until)


async def waiting(database: Database) -> list[Waiting]:
    """How many inspections wait, by component and reason; first what comes first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = reviews.c
    question = select(c.component, c.reason, func.count().label("parts")).group_by(c.component, c.rank, c.reason)
    async with database.reading() as connection:
        rows = await connection.execute(question.order_by(c.component, c.rank))
        return [Waiting(component=row.component, reason=row.reason, parts=row.parts) for row in rows]


async def forget(database: Database, before: datetime) -> int:
    """Takes inspections of before a moment out of the queue, unjudged, and gives how many these were.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        old = select(reviews.c.inspection, reviews.c.shown).where(reviews.c.inspection < first_id(before))
        rows = (await connection.execute(old.with_for_update())).all()
        await remove(connection, {row.inspection: row.shown for row in rows})
    return len(rows)


async def remove(connection: AsyncConnection, inspections: dict[str, str]) -> None:
    """Takes inspections out of the queue, and lets their pictures go.

    Args:
        connection: of a transaction.
        inspections: by id, the id whose picture is shown.
    """
    for some in portions(inspections):
        await connection.execute(delete(reviews).where(reviews.c.inspection.in_(some)))
    await release(connection, HOLD, inspections.values())


def is_blind(reason: ReviewReason, draw: int) -> bool:
    """Whether a person judges without knowing what the model says."""
    return reason == "audit" or draw < _BLIND_SHARE * _DRAWS


def waiting_row(inspection: str, shown: str, component: str, reason: ReviewReason) -> dict[str, object]:
    """The row of an inspection that waits; chance says when it comes."""
    return {
        "inspection": inspection,
        "shown": shown,
        "component": component,
        "reason": reason,
        "rank": RANKS[reason],
        "draw": random.randrange(_DRAWS),
    }


def _next(component: str | None, moment: datetime, passes: Sequence[str]) -> Select[tuple[object, ...]]:
    """What comes next and is nobody's; of two who ask at once, the second one gets the one behind it."""
    c = reviews.c
    free: ColumnElement[bool] = or_(c.leased_until.is_(None), c.leased_until < moment)
    question = select(c.inspection, c.shown, c.reason, c.draw).where(free, c.inspection.not_in(passes))
    if component is not None:
        question = question.where(c.component == component)
    return question.order_by(c.rank, c.draw, c.inspection).limit(1).with_for_update(skip_locked=True)


async def _judged(connection: AsyncConnection, inspections: Sequence[object]) -> set[str]:
    """Which of these inspections somebody has judged already."""
    found: set[str] = set()
    for some in portions(str(one) for one in inspections):
        question = select(judged.c.inspection).where(judged.c.inspection.in_(some))
        found |= set((await connection.execute(question)).scalars())
    return found
