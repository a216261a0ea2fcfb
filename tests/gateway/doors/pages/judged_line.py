"""A line of which people judged parts, written into a database: days and shifts, two versions, four defects."""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.judging.inspection import HeadResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import judged
from aoi_modules.results.database.tallies import counted
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record, new_id, now
from aoi_modules.results.review.choosing import choose
from aoi_modules.verdict import Limits, judge_score
from tests.client.model_server import ModelServer, manifest
from tests.results.records import record

LIMITS = Limits(0.5, (0.4, 0.5))
DEFECTS = ("crack", "crack", "crack", "scratch", "scratch", "dent", "dirt on the <left> side")
COMPONENTS = ("tile", "board")
"""Of the first, people audit what passes; of the second nobody does."""


ROUTES = """
components:
  tile:
    model: tile
    version: 4
    upstream: ["{address}", "127.0.0.1:1"]
    canary: {{version: 3, share: 0.05}}
    shadow: {{version: 5}}
  board: {{model: tile, upstream: "{address}"}}
  housing: {{model: other, upstream: "127.0.0.1:1"}}
checks: {{board: {{golden: golden, each_shift: true}}}}
calendar: {{time_zone: Europe/Berlin, shifts: {{early: "06:00", late: "18:00"}}}}
"""


@contextmanager
def open_station(folder: Path, database: str | None = None) -> Iterator[str]:
    """A gateway with parts of 12 days that people judged, in a SQLite file or this database; its address."""
    database = database or str(folder / "results.sqlite")
    apart(fill(database, parts=600, days=12))
    with ModelServer() as server:
        for version in (3, 4, 5):
            server.manifests[version], server.states[version] = manifest(version).to_json(), "AVAILABLE"
        server.version = 4
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(folder / "routes.yaml", results=folder / "results", database=database) as gateway:
            yield gateway.url


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Does something in a loop of its own, whatever loop a browser has in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def fill(url: str, *, parts: int, days: int, audit: float = 0.2, seed: int = 1) -> None:
    """Makes a database with parts of two components.

    Args:
        url: of the database.
        parts: of each component, over all days.
        days: up to now.
        audit: share of the first component's PASS that is judged.
        seed: of chance.
    """
    chance = random.Random(seed)
    database = Database(url)
    try:
        await migrate(database)
        for component in COMPONENTS:
            made = list(_line(component, parts, days, audit if component == "tile" else 0.0, chance))
            await store(database, [one for one, _ in made])
            async with database.transaction() as connection:
                await connection.execute(insert(judged), [_judged(*one) for one in made if one[0].review is not None])
    finally:
        await database.close()


def _line(
    component: str, parts: int, days: int, audit: float, chance: random.Random
) -> Iterator[tuple[Record, str | None]]:
    """Parts in the order of time, with the defect of those that have one."""
    end = now()
    for number in range(parts):
        moment = end - timedelta(days=days) * (1 - number / parts)
        bad = chance.random() < 0.08
        score = min(1.0, max(0.0, chance.gauss(0.62 if bad else 0.27, 0.13)))
        made = _part(component, moment, score, 3 if number < parts * 0.7 else 4, audit, chance)
        yield made, chance.choice(DEFECTS) if bad else None


def _part(component: str, moment: datetime, score: float, version: int, audit: float, chance: random.Random) -> Record:
    verdict = judge_score(score, LIMITS)
    chosen = choose(verdict, kept=True, audit=audit, luck=chance.random())
    head = HeadResult(
        name="defect", kind="defect", label="crack", score=score, scores=None, threshold=LIMITS.threshold,
        review_band=LIMITS.review_band, verdict=verdict, limits_from="manifest",
    )  # fmt: skip
    made = record(
        id=new_id(moment), component=component, verdict=verdict, version=version, heads=(head,), unit=new_id()[-8:],
        lot=f"L{moment:%m%d}", station=f"s{chance.randrange(2)}", review=chosen.reason, chance=chosen.chance,
    )  # fmt: skip
    return msgspec.structs.replace(made, time=moment)


def _judged(made: Record, defect: str | None) -> dict[str, object]:
    said = {"good": defect is None, "defect": defect, "sampled": True}
    return {"inspection": made.id, "judgement": new_id(), **said, **counted(made)}
