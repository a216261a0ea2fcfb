"""What the line keeps of an inspection: it makes the record, knows repeats, and hands it to the recorder."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import msgspec

from aoi_modules.errors import KeyReused
from aoi_modules.gateway.arrivals import Arrived
from aoi_modules.gateway.routes import Route
from aoi_modules.gateway.shots import Shot
from aoi_modules.judging.inspection import Inspection
from aoi_modules.judging.unit import UnitInspection
from aoi_modules.results.closing import of_inspection
from aoi_modules.results.record import Picture, Record, Role, new_id
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.review.choosing import Choice, choose

_NOBODY = Choice(None, 0.0)
COMMIT_SECONDS = 5.0
"""How long an answer of a route with `recording: committed` waits for the database."""


class Records:
    """The records of one gateway. Made inside the running event loop.

    Args:
        recorder: keeps them; None keeps nothing.
        gateway: its name, which stands in every record.
    """

    def __init__(self, recorder: Recorder | None, gateway: str) -> None:
        self._recorder = recorder
        self._gateway = gateway
        self._under_way: dict[str, _SameKey] = {}

    def alone(self) -> "Alone":
        """What a request is in: of several with the same key that come at once, one after the other goes on."""
        return Alone(self)

    @asynccontextmanager
    async def one_by_one(self, key: str) -> AsyncIterator[None]:
        """Of several that have the same key lets one after the other in."""
        same = self._under_way.setdefault(key, _SameKey())
        same.requests += 1
        try:
            async with same.lock:
                yield
        finally:
            same.requests -= 1
            if not same.requests:
                del self._under_way[key]

    async def earlier(self, arrived: Arrived, key: str) -> Inspection | None:
        """The recorded answer to the same request; None if there is none, or it cannot be read now.

        Raises:
            KeyReused: the key came with another picture.
        """
        if self._recorder is None:
            return None
        record = await self._recorder.known(key)
        if record is None:
            return None
        if record.picture.sha256 != arrived.picture.sha256:
            raise KeyReused(record.id)
        return msgspec.structs.replace(record.inspection, repeated=True)

    async def keep(self, arrived: Arrived, route: Route, inspection: Inspection, started: float) -> Inspection:
        """Keeps what was found, before it is answered; gives it with its id.

        Args:
            arrived: the picture.
            route: of the component; it says whether the picture is kept, and what is waited for.
            inspection: what was found.
            started: when the request came, by `time.perf_counter`.

        Raises:
            SpoolFull: the disk takes no more.
            DatabaseAway: the route waits for the database, which did not answer in time.
        """
        if self._recorder is None:
            return inspection
        stored = route.stores(inspection.verdict)
        choice = choose(inspection.verdict, kept=stored, audit=route.audit, luck=random.random())
        stored = stored or choice.reason == "audit"
        role: Role = "canary" if inspection.canary else "line"
        record = self._record(arrived, inspection, role, stored, started, choice)
        seconds = COMMIT_SECONDS if route.recording == "committed" else None
        file = await _file(arrived.shot) if stored else b""
        await self._recorder.keep(record, file, committed_within=seconds)
        return record.inspection

    async def keep_shadow(
        self, arrived: Arrived, route: Route, answered: Inspection, inspection: Inspection, started: float
    ) -> None:
        """Keeps what a shadow found about a picture that was answered. Where it differs, a person has to judge.

        Raises:
            SpoolFull: the disk takes no more.
        """
        if self._recorder is None:
            return
        shown = inspection.verdict is not answered.verdict and route.store != "none"
        record = self._record(arrived, inspection, "shadow", shown, started)
        record = msgspec.structs.replace(
            record, key=None, shadows=answered.id or None, review="disagreement" if shown else None
        )
        await self._recorder.keep(record, await _file(arrived.shot) if shown else b"")

    async def keep_check(self, arrived: Arrived, inspection: Inspection, started: float) -> Inspection:
        """Keeps what was found about a golden picture of a check; the picture itself is in the golden set.

        Raises:
            SpoolFull: the disk takes no more.
        """
        marked = msgspec.structs.replace(inspection, check=True)
        if self._recorder is None:
            return marked
        record = self._record(arrived, marked, "check", False, started)
        await self._recorder.keep(record)
        return record.inspection

    async def keep_unit(self, inspection: UnitInspection, required: Collection[str]) -> UnitInspection:
        """Keeps the verdict of a unit whose pictures came together, unless all of them were sent before.

        Raises:
            SpoolFull: the disk takes no more.
        """
        found = [position.inspection for position in inspection.positions]
        if self._recorder is None or all(one is not None and one.repeated for one in found):
            return inspection
        closing = of_inspection(inspection, required=required, gateway=self._gateway)
        await self._recorder.keep_closing(closing)
        return msgspec.structs.replace(inspection, id=closing.id)

    def _record(
        self,
        arrived: Arrived,
        inspection: Inspection,
        role: Role,
        stored: bool,
        started: float,
        choice: Choice = _NOBODY,
    ) -> Record:
        record_id = new_id(arrived.time)
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        named = msgspec.structs.replace(inspection, id=record_id, request_id=arrived.request_id, elapsed_ms=elapsed)
        return Record(
            id=record_id,
            time=arrived.time,
            gateway=self._gateway,
            picture=_noted(arrived.picture, stored),
            inspection=named,
            origin=arrived.origin,
            role=role,
            key=arrived.key,
            stages=arrived.stages,
            review=choice.reason,
            chance=choice.chance,
        )


class Alone:
    """What a request is in; see `Records.alone`. An async context manager, which costs one without a key nothing."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._turn: AbstractAsyncContextManager[None] | None = None

    async def earlier(self, arrived: Arrived, key: str) -> Inspection | None:
        """Waits for those with the same key, and gives the recorded answer; see `Records.earlier`.

        Raises:
            KeyReused: the key came with another picture.
        """
        turn = self._records.one_by_one(key)
        await turn.__aenter__()
        self._turn = turn
        return await self._records.earlier(arrived, key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._turn is not None:
            await self._turn.__aexit__(kind, error, trace)


@dataclass
class _SameKey:
    """Requests with the same key that are under way."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    requests: int = 0


def _noted(picture: Picture, stored: bool) -> Picture:
    """What the record says of a picture; a raw frame is kept as a PNG."""
    if not stored:
        return picture
    kind = "png" if picture.kind == "raw" else picture.kind
    return msgspec.structs.replace(picture, kind=kind, kept=True)


async def _file(shot: Shot) -> bytes:
    """The file that is kept; to make one of a frame takes milliseconds, in which the loop serves others."""
    return shot.content if shot.frame is None else await asyncio.to_thread(shot.file)
