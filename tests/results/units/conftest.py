"""Two gateways' recorders on one database."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.logs import event_log
from aoi_modules.results.home import at_home
from aoi_modules.results.record import Origin, Picture, Record, new_id, now, picture_key
from aoi_modules.results.recorder import Recorder
from aoi_modules.verdict import Verdict

Result = TypeVar("Result")


@dataclass(frozen=True)
class MotorPlan:
    """A product of two positions."""

    close_after_seconds: float | None = None
    positions: tuple[str, ...] = field(default=("left", "right"))

    def required(self) -> tuple[str, ...]:
        return self.positions


PLANS = {"motor": MotorPlan(), "quick": MotorPlan(close_after_seconds=0.5)}


@asynccontextmanager
async def gateway(folder: Path, name: str, database: str | None = None) -> AsyncIterator[Recorder]:
    """The recorder of one gateway."""
    with at_home(folder / name, database or str(folder / "shared.sqlite")) as home:
        recorder = home.open(event_log(), lambda: PLANS)
        await recorder.start(10)
        try:
            yield recorder
        finally:
            await recorder.close()


def run(act: Callable[[], Awaitable[Result]]) -> Result:
    """Runs a coroutine function to its end."""

    async def whole() -> Result:
        return await act()

    return asyncio.run(whole())


def record(
    unit: str, position: str, verdict: Verdict = Verdict.PASS, product: str | None = "motor", later: float = 0.0
) -> Record:
    """An inspection of a picture of a unit, so many seconds from now."""
    origin = Origin(unit=unit, position=position, product=product)
    digest = hashlib.sha256(f"{unit}{position}{verdict}{new_id()}".encode()).hexdigest()
    record_id = new_id()
    return Record(
        id=record_id,
        time=now() + timedelta(seconds=later),
        gateway="g",
        picture=Picture(sha256=digest, size=1, width=1, height=1),
        inspection=Inspection(
            component="tile", verdict=verdict, model=ModelVersion(name="tile", version=1), heads=(), id=record_id
        ),
        origin=origin,
        key=picture_key("tile", origin, digest),
    )
