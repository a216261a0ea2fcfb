"""Closing units whose pictures came one by one: by a call, or when no further picture came for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import msgspec

from aoi_modules.errors import DatabaseAway, NoSuchResult
from aoi_modules.results.closing import Closing, left_open, of_records
from aoi_modules.results.database import presence as clocks
from aoi_modules.results.database import unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest
from aoi_modules.results.record import OF_PARTS, Record, now
from aoi_modules.results.units.presence import Presence

OWN_SECONDS = 2.0
"""How long a closing waits until this gateway's own pictures are stored."""
OTHERS_SECONDS = 1.5
"""How long it waits for other gateways; they note every second how far they are."""
PAUSE_SECONDS = 1.0
"""Between two looks for what has to be closed or settled."""
_AT_ONCE = 100
CLOCKS = timedelta(seconds=1)
"""How far the clocks of gateways and database may be apart. A picture of the next run is later than that."""


class Plan(Protocol):
    """What a product's units have to show."""

    @property
    def close_after_seconds(self) -> float | None:
        """A unit is closed when no further picture came for so long; None waits for a call."""

    def required(self) -> Collection[str]:
        """The positions that must have a picture."""


@dataclass
class _Due:
    """A unit that is closed by itself, and when, by `time.monotonic`."""

    product: str
    at: float


class Closer:
    """Closes the units of one gateway. Made inside the running event loop.

    Args:
        database: of the results.
        gateway: its name.
        presence: what is known of other gateways.
        plans: by product, as they are now.
        spool: keeps a closing while the database is away; on return it is on disk.
        compose: writes what the way out gets about a closing.
    """

    def __init__(
        self,
        database: Database,
        gateway: str,
        presence: Presence,
        plans: Callable[[], Mapping[str, Plan]],
        spool: Callable[[Closing], Awaitable[object]],
        compose: unit_rows.Compose = lambda closing: (),
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._presence = presence
        self._plans = plans
        self._spool = spool
        self._compose = compose
        self._due: dict[str, _Due] = {}

    def expect(self, unit: str, product: str | None) -> None:
        """Says that a picture of a unit was kept: if no further one comes in its product's time, it is closed."""
        plan = self._plans().get(product or "")
        if plan is not None and plan.close_after_seconds is not None:
            self._due[unit] = _Due(product or "", time.monotonic() + plan.close_after_seconds)

    async def close(self, unit: str, product: str | None = None) -> Closing:
        """Closes a unit, and gives its verdict; if no picture came since it was closed, that which it has.

        Args:
            unit: its name.
            product: whose plan says what it has to show; None takes the one that its pictures name.

        Raises:
            NoSuchResult: no picture of it is known, and no plan says what is missing.
            SpoolFull: the database is away, and the disk takes no more.
        """
        try:
            closing = await self._close(unit, product)
        except DatabaseAway as error:
            empty = of_records(unit, (), product=product, required=(), gateway=self._gateway)
            closing = left_open(empty, (), f"{error.message}; the unit is judged when it is back")
            await self._spool(closing)
        self._due.pop(unit, None)
        return closing

    async def run(self, stopping: asyncio.Event) -> None:
        """Closes what is due and settles what was open, until it is told to stop."""
        while not await rest(stopping, PAUSE_SECONDS):
            try:
                await self._close_due()
                for open_one in await unit_rows.open_ones(self._database, _AT_ONCE):
                    await self._settle(open_one)
            except DatabaseAway:  # told by `Storing`, which cannot do without it either
                continue

    async def stored(self, records: Sequence[Record], closings: Sequence[Closing]) -> None:
        """Does what new records in the database give reason for, and stores closings from the spool.

        Raises:
            DatabaseAway: the database does not answer.
        """
        await self._reopen(records)
        for closing in closings:
            if closing.settled:
                await unit_rows.append(self._database, closing, self._compose)
            else:
                await self._append_open(closing)

    async def _reopen(self, records: Sequence[Record]) -> None:
        """Opens the closings of units of which a picture was stored too late to be judged, so that they are settled."""
        pictures = [record for record in records if record.origin.unit and record.role in OF_PARTS]
        for closing in await unit_rows.newest_of(self._database, {str(one.origin.unit) for one in pictures}):
            late = [one for one in pictures if one.origin.unit == closing.unit and _is_of(closing, one)]
            if _not_in([closing], late):
                await unit_rows.reopen(self._database, closing)

    async def _append_open(self, closing: Closing) -> None:
        """Stores a closing of the time when the database was away; now it is known who is awaited.

        If the unit was closed before, and no picture came since, its verdict stands.
        """
        earlier = await unit_rows.history(self._database, closing.unit)
        if earlier and not _not_in(earlier, await unit_rows.pictures_of(self._database, closing.unit)):
            return
        others = await clocks.others(self._database, self._gateway)
        moment = await clocks.clock(self._database)
        asked = msgspec.structs.replace(closing, awaited=tuple(sorted(others)), time=moment)
        await unit_rows.append(self._database, asked, self._compose)

    async def _close(self, unit: str, product: str | None) -> Closing:
        moment = await clocks.clock(self._database)
        awaited = [] if await self._presence.own_stored(OWN_SECONDS) else [self._gateway]
        awaited += await self._presence.behind(moment, OTHERS_SECONDS)
        earlier = await unit_rows.history(self._database, unit)
        if earlier and not earlier[-1].settled:
            await self._settle(earlier[-1])
            earlier = await unit_rows.history(self._database, unit)
        pictures = _not_in(earlier, await unit_rows.pictures_of(self._database, unit))
        if earlier:
            pictures = [picture for picture in pictures if not _is_of(earlier[-1], picture)]
            if not pictures:
                return earlier[-1]
        if not pictures and product is None:
            hint = "name its product to learn what is missing"
            raise NoSuchResult(f"no picture of unit {unit!r} is known", hint=hint)
        closing = self._judged(unit, pictures, product or _product_of(pictures))
        run = earlier[-1].run + 1 if earlier else 1
        closing = msgspec.structs.replace(closing, time=moment, run=run)
        if awaited:
            closing = left_open(closing, awaited, f"further pictures may be at: {', '.join(awaited)}")
        return await unit_rows.close(self._database, closing, self._compose)

    async def _close_due(self) -> None:
        for unit, due in [(unit, due) for unit, due in self._due.items() if due.at <= time.monotonic()]:
            plan = self._plans().get(due.product)
            wait = 0.0 if plan is None else plan.close_after_seconds or 0.0
            pictures = await unit_rows.pictures_of(self._database, unit)
            rested = (now() - pictures[-1].time).total_seconds() if pictures else wait
            if rested < wait:  # one came through another gateway
                due.at = time.monotonic() + wait - rested
            else:
                await self.close(unit, due.product)

    async def _settle(self, open_one: Closing) -> None:
        """Judges a unit again, once every gateway has stored what it accepted before the closing."""
        own_late = self._gateway in open_one.awaited and not await self._presence.own_stored(0.0)
        if own_late or await self._presence.behind(open_one.time, 0.0, open_one.awaited):
            return
        others = [one for one in await unit_rows.history(self._database, open_one.unit) if one.run != open_one.run]
        pictures = _not_in(others, await unit_rows.pictures_of(self._database, open_one.unit))
        pictures = [picture for picture in pictures if _is_of(open_one, picture)]
        product = open_one.product or _product_of(pictures)
        closing = self._judged(open_one.unit, pictures, product, open_one.required)
        closing = msgspec.structs.replace(closing, time=open_one.time, run=open_one.run)
        await unit_rows.settle(self._database, open_one, closing, self._compose)

    def _judged(
        self, unit: str, pictures: Sequence[Record], product: str | None, required: Collection[str] = ()
    ) -> Closing:
        """Judges by the positions that a closing before asked for, else by those of the plan."""
        plan = self._plans().get(product or "")
        wanted = required or (() if plan is None else plan.required())
        return of_records(unit, pictures, product=product, required=wanted, gateway=self._gateway)


def _not_in(closings: Sequence[Closing], pictures: Sequence[Record]) -> list[Record]:
    """The pictures that none of these closings has judged."""
    judged = {position.inspection for closing in closings for position in closing.positions}
    return [picture for picture in pictures if picture.id not in judged]


def _is_of(closing: Closing, picture: Record) -> bool:
    """Whether a picture belongs to the run that was closed, and not to a later one."""
    return picture.time < closing.time + CLOCKS


def _product_of(pictures: Sequence[Record]) -> str | None:
    """The product that the latest picture names."""
    return next((record.origin.product for record in reversed(pictures) if record.origin.product), None)
