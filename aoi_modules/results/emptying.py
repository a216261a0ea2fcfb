"""What a gateway has on disk and not yet in its database, brought there before the disk goes away."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules import logs
from aoi_modules.errors import DatabaseAway
from aoi_modules.results.home import Home, at_home
from aoi_modules.results.pictures.keeping import PICTURES
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.recorder import ROWS, Recorder
from aoi_modules.results.sinks.destinations import Destination
from aoi_modules.results.spool.backlog import bytes_left
from aoi_modules.results.units.closer import Plan

LOOK_SECONDS = 0.2
"""Between two looks at what is left."""


@dataclass(frozen=True)
class Told:
    """What the routes of a gateway say of its results.

    Args:
        plans: by product, what its units have to show.
        retention: how long pictures stay.
        sinks: by name, who is told of what is stored.
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    sinks: Mapping[str, Destination] = field(default_factory=dict)


def left(folder: Path) -> int:
    """The bytes in the spool of a gateway's folder that database or picture store have not got."""
    return bytes_left(folder / "spool", (ROWS, PICTURES))


def wait_until_empty(folder: Path, seconds: float) -> int:
    """Waits until the gateway that runs with a folder has stored what its spool has.

    Args:
        folder: of its results.
        seconds: that it may take.

    Returns:
        The bytes that are left when the time has passed; 0 if nothing is.
    """
    return asyncio.run(_watch(folder, seconds))


def empty(
    folder: Path, told: Told, *, database: str | None = None, pictures: str | None = None, seconds: float = 60.0
) -> int:
    """Stores what a gateway left in its spool. Nobody is inspected meanwhile.

    Args:
        folder: of the results of a gateway that does not run.
        told: by that gateway's routes.
        database: where results go; None for the SQLite file in the folder.
        pictures: where pictures go; None for the folder in the folder.
        seconds: that it may take.

    Returns:
        The bytes that were in the spool.

    Raises:
        ResultsError: a gateway runs there, or the folder cannot be used.
        DatabaseAway: something is left; the spool has it still.
    """
    found = left(folder)
    if not found:
        return 0
    with at_home(folder, database, pictures) as home:
        why = asyncio.run(_store(home, told, seconds))
    if still := left(folder):
        raise DatabaseAway(
            f"{folder}: {still} bytes are still in the spool after {seconds:g} s{f': {why}' if why else ''}",
            hint="start this once more when database and picture store answer; until then nothing is lost",
        )
    return found


async def _store(home: Home, told: Told, seconds: float) -> str:
    """Runs the way from the spool until it is empty; says what was away, if anything was."""
    recorder = home.open(logs.event_log(), lambda: told.plans, lambda: told.retention, told.sinks)
    try:
        await _watch(home.folder, seconds)
        return _away(recorder)
    finally:
        await recorder.close()


def _away(recorder: Recorder) -> str:
    return recorder.storing.away or (recorder.keeping.away if recorder.keeping is not None else "")


async def _watch(folder: Path, seconds: float) -> int:
    end = time.monotonic() + seconds
    while (still := left(folder)) and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)
    return still
