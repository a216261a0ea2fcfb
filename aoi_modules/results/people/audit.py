"""The audit log: every change that people make, written in the same transaction as the change itself."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import audit
from aoi_modules.results.record import Whole, now

FEW, MOST = 100, 1000
"""Entries a page, unless it is said otherwise, and at most."""
_MOST_ABOUT = 400


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change."""

    number: int
    """Rises with each change."""
    time: datetime
    who: str
    action: str
    """What they did: `judge`, `set limits`, `add user`."""
    about: str
    """To what: `inspection 0196...`, `tile, head defect, model tile, version 3`."""
    why: str
    """As they said it; empty where nobody asked them."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; what is left out says nothing."""

    who: str | None = None
    action: str | None = None
    about: str | None = None
    before: Whole | None = None
    """Only entries with a lower number: the last one of the page before."""
    limit: Annotated[int, Meta(ge=1, le=MOST)] | None = None
    """Entries at most; 100 unless it says otherwise."""


async def note(connection: AsyncConnection, who: str, action: str, about: str, why: str = "") -> None:
    """Writes that somebody changed something.

    Args:
        connection: of the transaction that makes the change.
        who: made it.
        action: a verb, and perhaps what they did it to: `judge`, `set limits`.
        about: which one it was.
        why: they did it, in their words.
    """
    values = {"time": now(), "who": who, "action": action, "about": about[:_MOST_ABOUT], "why": why}
    await connection.execute(insert(audit).values(values))


async def entries(database: Database, wish: Wish) -> list[Entry]:
    """Reads a page of the log, the newest entry first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(audit).order_by(audit.c.number.desc()).limit(wish.limit or FEW)
    for name in ("who", "action", "about"):
        if (wanted := getattr(wish, name)) is not None:
            question = question.where(audit.c[name] == wanted)
    if wish.before is not None:
        question = question.where(audit.c.number < wish.before)
    async with database.reading() as connection:
        return [Entry(**row) for row in (await connection.execute(question)).mappings()]
