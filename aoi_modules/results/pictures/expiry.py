"""Deletes pictures that are over their age, and says what went."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from aoi_modules.results.database import deletions
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.deletions import Aged, Leaving
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id, now, time_of
from aoi_modules.results.review.queue import forget
from aoi_modules.verdict import Verdict

BATCH = 200
"""Pictures that go at a time."""
_PAUSE_SECONDS = 0.02
"""Between two batches, so that those who store records get their turn."""
_FIRST = "0" * 32
"""Before all ids."""


class Expiry(msgspec.Struct, frozen=True, kw_only=True):
    """What went in one run."""

    store: str
    """Its name."""
    pictures: dict[Verdict, int]
    """How many went, by verdict."""
    bytes: int
    """Of them together."""
    oldest: datetime | None
    """When the oldest of them was taken; None if none went."""
    newest: datetime | None
    spared: int
    """Pictures over their age that stay because somebody holds them."""
    finished: int
    """Pictures that an earlier run had to leave in the store."""
    unjudged: int = 0
    """Parts that waited too long for a person, and wait no more."""


async def expire(
    database: Database, store: PictureStore, retention: Retention, moment: datetime | None = None
) -> Expiry:
    """Deletes the pictures that are over their age and that nobody holds. Their rows stay, and say when they went.

    Pictures go in batches, each a short transaction. A run that breaks off leaves nothing wrong; the next one goes on.

    Args:
        database: of the records.
        store: of their pictures.
        retention: how long they stay.
        moment: from which ages count; now if left out.

    Raises:
        DatabaseAway: the database does not answer.
        PictureStoreAway: the store does not.
    """
    moment = moment or now()
    unjudged = await forget(database, retention.unjudged_before(moment))
    finished = await _finish(database, store)
    counts: dict[Verdict, int] = {}
    ids: list[str] = []
    size = spared = 0
    for aged in retention.aged(moment):
        counts[aged.verdict] = 0
        spared += await deletions.spared(database, aged)
        async for batch in _batches(database, aged, moment):
            await _delete(database, store, batch)
            counts[aged.verdict] += len(batch)
            size += sum(one.size for one in batch)
            ids += [batch[0].id, batch[-1].id]
    return Expiry(
        store=store.name,
        pictures=counts,
        bytes=size,
        oldest=time_of(min(ids)) if ids else None,
        newest=time_of(max(ids)) if ids else None,
        spared=spared,
        finished=finished,
        unjudged=unjudged,
    )


async def _batches(database: Database, aged: Aged, moment: datetime) -> AsyncIterator[Sequence[Leaving]]:
    """Orders batch after batch; a batch is not empty."""
    after: str | None = _FIRST
    while after is not None:
        batch, after = await deletions.order(database, aged, run=new_id(), moment=moment, after=after, count=BATCH)
        if batch:
            yield batch
        await asyncio.sleep(_PAUSE_SECONDS)


async def _finish(database: Database, store: PictureStore) -> int:
    """Does what earlier runs ordered and did not do; how many pictures that were."""
    finished = 0
    while batch := await deletions.ordered(database, BATCH):
        await _delete(database, store, batch)
        finished += len(batch)
    return finished


async def _delete(database: Database, store: PictureStore, batch: Sequence[Leaving]) -> None:
    await store.delete([address(one.id, one.kind) for one in batch])
    await deletions.done(database, [one.id for one in batch])
