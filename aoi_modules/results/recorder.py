"""Keeping inspections: safe on disk before they are answered, in the database soon after."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway, NoSuchResult
from aoi_modules.results.closing import Closing
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.deletions import order_late
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.entering import Entering
from aoi_modules.results.last_seen import LastSeen
from aoi_modules.results.limits.last_seen import LimitsSeen
from aoi_modules.results.people.last_seen import PeopleSeen
from aoi_modules.results.pictures.keeping import PICTURES, Keeping
from aoi_modules.results.pictures.lookup import picture_of
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.pictures.rounds import Rounds
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Record
from aoi_modules.results.review import queue
from aoi_modules.results.review.disposition import UnitDisposition
from aoi_modules.results.sinks.sending import Sending
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.storing import Compose, Storing
from aoi_modules.results.units.closer import Closer, Plan
from aoi_modules.results.units.presence import Presence

ROWS = "rows"
"""The follower of the spool that stores records."""
LOOK_SECONDS = 0.25
"""How long a look into the database for a repeat may hold up a picture."""
PICTURE_SECONDS = 1.0
"""How long whoever asks for a picture waits for those on their way to the store."""
CLOSE_SECONDS = 5.0
"""How long the end waits for the database."""
_RECENT = 4096
"""Records with a key that are known without a look into the database."""


class Recorder:
    """Keeps the inspections of one gateway. Made inside the running event loop.

    Args:
        spool: with the followers `ROWS` and, if pictures are kept, `PICTURES`.
        database: of the results.
        refused: folder of the files for what cannot be stored.
        log: learns what goes wrong.
        gateway: whose inspections they are.
        plans: by product, what its units have to show, as it is now.
        compose: see `Storing`.
        pictures: where the pictures of inspections go; None keeps none.
        retention: how long they stay, as it is now.
        sending: takes what `compose` writes to where it belongs; None leaves it in the outbox.
        limits: those that people set; None knows none.
        people: users and machines; None knows none.
        checks: of the station, by which it may be locked; None knows none.

    Attributes:
        units: closes units.
        storing, keeping: the ways from the spool to the database and to the pictures.
    """

    def __init__(
        self,
        spool: Spool,
        database: Database,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        gateway: str = "gateway",
        plans: Callable[[], Mapping[str, Plan]] = dict,
        compose: Compose = lambda kept: (),
        pictures: PictureStore | None = None,
        retention: Callable[[], Retention] = Retention,
        sending: Sending | None = None,
        limits: LimitsSeen | None = None,
        people: PeopleSeen | None = None,
        checks: ChecksSeen | None = None,
    ) -> None:
        self.sending = sending
        self.limits = limits
        self.people = people
        self.checks = checks
        self._seen: Sequence[LastSeen[Any]] = [one for one in (limits, people, checks) if one is not None]
        self._spool = spool
        self.database = database
        self.pictures = pictures
        late = partial(order_late, database)
        self.keeping = None if pictures is None else Keeping(spool.follower(PICTURES), pictures, refused, log, late)
        self._rounds = None if pictures is None else Rounds(database, pictures, retention, log)
        self.storing = Storing(spool.follower(ROWS), database, refused, log, compose, self._stored, queue.put)
        self._entering = Entering(database, log)
        self._presence = Presence(database, gateway, spool, self.storing)
        self.units = Closer(database, gateway, self._presence, plans, self.keep_closing, compose)
        self._log = log
        self._encoder = msgspec.msgpack.Encoder()
        self._recent: OrderedDict[str, Record] = OrderedDict()
        self._stopping = asyncio.Event()
        self._looks: set[asyncio.Task[Record | None]] = set()
        self._beside: list[asyncio.Task[None]] = []
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._note_end)

    async def start(self, seconds: float, stopping: Callable[[], bool] = lambda: False) -> None:
        """Waits until the database has its tables and knows this gateway; see `Entering.wait`.

        A picture that is accepted before may be missing when another gateway closes its unit; a later row settles that.

        Args:
            seconds: that it waits for a database which does not answer.
            stopping: whether nobody wants the gateway any more.

        Raises:
            SchemaBehind: nobody has migrated the database.
            ResultsError: nobody knows by which limits to judge, or whom to let in: see `LastSeen.start`.
        """
        await self._entering.wait(seconds, stopping)
        for one in self._seen:
            await one.start()

    async def keep(self, record: Record, picture: bytes = b"", *, committed_within: float | None = None) -> None:
        """Keeps a record. On return it is safe on disk; its way to the database goes on by itself.

        Args:
            record: what was found.
            picture: that is to be kept with it; empty for none.
            committed_within: waits so many seconds until the database has it, too.

        Raises:
            SpoolFull: the disk did not take it.
            DatabaseAway: it is on disk, but the database had it not in time.
            ResultsError: the recorder is closed, or the database refused the record.
        """
        position = await self._spool.append(self._encoder.encode(record), picture)
        if record.key is not None:
            self._remember(record.key, record)
        if record.origin.unit is not None:
            self.units.expect(record.origin.unit, record.origin.product)
        if committed_within is not None and not await self.storing.stored(position, committed_within):
            raise DatabaseAway(
                f"the inspection {record.id} is safe on disk, but it was not in the database within "
                f"{committed_within:.3g} s",
                hint="it will be stored; send the picture again with the same key to have its answer",
            )

    async def keep_closing(self, closing: Closing) -> None:
        """Keeps the verdict of a unit; as `keep`.

        Raises:
            SpoolFull: the disk did not take it.
        """
        await self._spool.append(self._encoder.encode(closing))

    async def known(self, key: str) -> Record | None:
        """The record that had a key first; None if there is none, or nobody can say so now."""
        if key in self._recent:
            self._recent.move_to_end(key)
            return self._recent[key]
        if self.storing.away:
            return None
        look = asyncio.create_task(reading.by_key(self.database, key))
        self._looks.add(look)
        look.add_done_callback(self._looked)
        await asyncio.wait([look], timeout=LOOK_SECONDS)  # a question that is broken off would cost the connection
        return look.result() if look.done() and look.exception() is None else None

    def told_of_disposition(self, found: UnitDisposition) -> Sequence[Letter]:
        """Writes who is told what becomes of a unit."""
        return () if self.sending is None else self.sending.compose(found)

    async def flush(self, seconds: float) -> None:
        """Waits until the database has what was accepted so far, but no longer than that, and not while it is away."""
        if not self.storing.away:
            await self.storing.until(self._spool.end, seconds)

    async def picture_of(self, record: Record) -> bytes:
        """Gives the picture of an inspection, as it came; for one that was just accepted it waits a little.

        Raises:
            NoSuchResult, PictureStoreAway, ResultsError: see `lookup.picture_of`.
        """
        if self.pictures is None or self.keeping is None:
            raise NoSuchResult("this gateway keeps no pictures")
        with suppress(NoSuchResult):
            return await picture_of(self.pictures, record)
        if record.picture.kept and record.picture.gone is None and not self.keeping.away:  # it may be on its way
            await self.keeping.until(self._spool.end, PICTURE_SECONDS)
        return await picture_of(self.pictures, record)

    async def close(self) -> None:
        """Stores what it can, and closes spool and database. What stays in the spool is stored by the next run."""
        self._stopping.set()
        await self._spool.close()
        await self.flush(CLOSE_SECONDS)
        if self.keeping is not None and not self.keeping.away:
            await self.keeping.until(self._spool.end, CLOSE_SECONDS)
        await self._presence.leave()
        if asking := [*self._beside, *self._looks]:  # soon answered, and so no connection is broken off
            await asyncio.wait(asking, timeout=CLOSE_SECONDS)
        self._task.cancel()
        await asyncio.wait([self._task])
        if self.sending is not None:
            await self.sending.close()
        if self.pictures is not None:
            await self.pictures.close()
        await self.database.close()

    async def _stored(self, records: Sequence[Record], closings: Sequence[Closing]) -> None:
        await self.units.stored(records, closings)

    def _looked(self, look: "asyncio.Task[Record | None]") -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None and not isinstance(error, DatabaseAway):
            self._log.error("fault", exc_info=error)

    def _remember(self, key: str, record: Record) -> None:
        self._recent.setdefault(key, record)
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_database())
            if self.keeping is not None:
                tasks.create_task(self.keeping.run())

    async def _run_database(self) -> None:
        """Looks after the tables as soon as the database answers; then stores, and closes units."""
        while not await self.storing.went_well(self._enter):
            pass
        self._entering.done()
        if self.sending is not None:
            self.sending.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.storing.run())
            runs = [self._presence.run, self.units.run]
            runs += [self._rounds.run] if self._rounds is not None else []
            runs += [one.run for one in self._seen]
            self._beside = [tasks.create_task(run(self._stopping)) for run in runs]

    async def _enter(self) -> None:
        await self._entering.prepare()
        await self._presence.note()

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        """What ends the storing but `close` is a mistake of ours; it must not go unseen."""
        if not task.cancelled() and (error := task.exception()) is not None:
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            self.storing.away = f"{type(error).__name__}: {error}"
            self._log.critical("storing ended", exc_info=error)
