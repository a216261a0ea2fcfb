"""Finding recorded inspections: how long a page of a million takes at the gateway, by each filter and by several.

    .venv/bin/python -m benchmarks.results --database build/million.sqlite
    .venv/bin/python -m benchmarks.results --postgresql

Without --database a SQLite file in a temporary folder is filled; with --postgresql a server is set up for the run. A
database that has the rows already is asked as it is. The first page and the hundredth are asked for by HTTP, 100
inspections each, seven times; the table has the median and the slowest in milliseconds. The bound is 100 ms.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from sqlalchemy import func, insert, select, text

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.record import Origin, Picture, Record, Role, new_id
from aoi_modules.verdict import Verdict
from tests.postgresql import running_postgresql

BATCH = 5000
COUNT, PAGES, TIMES = 100, 100, 7
MOST_MS = 100.0
START = datetime(2026, 1, 1, tzinfo=UTC)
VERDICTS = (Verdict.PASS,) * 94 + (Verdict.REVIEW,) * 4 + (Verdict.FAIL,) * 2
ROLES: tuple[Role, ...] = ("line",) * 18 + ("canary", "shadow")
ROUTES = 'components: {part3: {model: tile, upstream: "127.0.0.1:9"}}'


def main() -> None:
    chosen = options(__doc__)
    with filled_gateway(chosen) as gateway:
        show(gateway.url, chosen.rows)


def options(description: str | None) -> argparse.Namespace:
    """Which database, and how many rows."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--database", help="by URL or path")
    arguments.add_argument("--postgresql", action="store_true", help="set one up for this run")
    return arguments.parse_args()


@contextmanager
def filled_gateway(
    chosen: argparse.Namespace, add: Callable[[str], None] = lambda url: None
) -> Iterator[RunningGateway]:
    """Fills the database, lets `add` put more into it, and gives a gateway on it."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        url = chosen.database or str(folder / "results.sqlite")
        if chosen.postgresql:
            url = held.enter_context(running_postgresql()).new_database()
        asyncio.run(fill(url, chosen.rows))
        add(url)
        (folder / "routes.yaml").write_text(ROUTES)
        with RunningGateway(folder / "routes.yaml", results=folder / "results", database=url) as gateway:
            yield gateway


async def fill(url: str, rows: int) -> None:
    """Brings the rows into a database that has none, without indexes first, as that is several times as fast."""
    database = Database(url)
    try:
        await migrate(database)
        async with database.reading() as connection:
            there = (await connection.execute(select(func.count()).select_from(inspections))).scalar_one()
        if there == rows:
            return
        began = time.perf_counter()
        async with database.transaction() as connection:
            for index in inspections.indexes:
                await connection.run_sync(index.drop)
            for start in range(0, rows, BATCH):
                batch = [to_row(record(number, rows)) for number in range(start, min(start + BATCH, rows))]
                await connection.execute(insert(inspections), batch)
            for index in inspections.indexes:
                await connection.run_sync(index.create)
        if not database.is_sqlite:
            async with database.transaction() as connection:
                await connection.execute(text("ANALYZE"))  # as the server does it by itself after a while
        print(f"{rows} inspections in {time.perf_counter() - began:.0f} s", flush=True)
    finally:
        await database.close()


def show(url: str, rows: int) -> None:
    """Asks by each filter, and prints what it took."""
    print(f"{'filter':60}{'page 1':>10}{'slowest':>10}{'page 100':>10}{'slowest':>10}")
    slowest: list[float] = []
    for wanted in filters(rows):
        found = pages(url, wanted)
        slowest += map(statistics.median, found)
        name = ", ".join(f"{name}={value}" for name, value in wanted.items())[:58] or "none"
        print(
            f"{name:60}" + "".join(f"{statistics.median(taken):10.1f}{max(taken):10.1f}" for taken in found), flush=True
        )
    worst = max(slowest)
    print(f"slowest median {worst:.1f} ms, bound {MOST_MS:.0f} ms: {'ok' if worst < MOST_MS else 'missed'}")


def pages(url: str, wanted: Mapping[str, str]) -> tuple[list[float], list[float]]:
    """Milliseconds of the first page and of the last one up to the hundredth, several times."""
    taken: tuple[list[float], list[float]] = ([], [])
    with requests.Session() as session:
        cursors = [""]
        while len(cursors) < PAGES and (cursor := ask(session, url, wanted, cursors[-1])[1]):
            cursors.append(cursor)
        for _ in range(TIMES):
            for milliseconds, cursor in zip(taken, (cursors[0], cursors[-1]), strict=True):
                milliseconds.append(ask(session, url, wanted, cursor)[0])
    return taken


def ask(session: requests.Session, url: str, wanted: Mapping[str, str], cursor: str) -> tuple[float, str | None]:
    """Milliseconds of one page, and the cursor of the next one."""
    query = {**wanted, "limit": str(COUNT), **({"cursor": cursor} if cursor else {})}
    began = time.perf_counter()
    answer = session.get(f"{url}/v1/inspections", params=query, timeout=60)
    milliseconds = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    return milliseconds, answer.json()["cursor"]


def record(number: int, rows: int) -> Record:
    chance = random.Random(number)
    moment = START + timedelta(seconds=number / 10)
    record_id = new_id(moment)
    verdict = chance.choice(VERDICTS)
    head = HeadResult(
        name="defect", kind="defect", label="crack", score=chance.random(), scores=None, threshold=0.5,
        review_band=(0.4, 0.5), verdict=verdict, limits_from="manifest",
    )  # fmt: skip
    model = ModelVersion(name="tile", version=1 + number * 5 // rows)
    component = f"part{chance.randrange(8)}"
    return Record(
        id=record_id,
        time=moment,
        gateway="line-1",
        role=chance.choice(ROLES),
        picture=Picture(sha256=f"{chance.getrandbits(256):064x}", size=30_000, width=640, height=480, kind="jpg"),
        inspection=Inspection(component=component, verdict=verdict, model=model, heads=(head,), elapsed_ms=5.0),
        origin=Origin(
            unit=f"SN{number // 8}", position=f"p{number % 8}", product="motor", lot=f"L{number * 200 // rows}",
            station=f"s{chance.randrange(3)}",
        ),
        stages={"wait": 0.1, "receive": 0.2, "model": 4.0},
    )  # fmt: skip


def filters(rows: int) -> Iterator[Mapping[str, str]]:
    """Filters as people use them, and such as find little or nothing."""
    middle = START + timedelta(seconds=rows / 20)
    since, until = middle.isoformat(), (middle + timedelta(hours=1)).isoformat()
    yield {}
    yield {"component": "part3"}
    yield {"verdict": "FAIL"}
    yield {"verdict": "PASS"}
    yield {"unit": f"SN{rows // 16}"}
    yield {"position": "p3"}
    yield {"product": "motor"}
    yield {"lot": "L7"}
    yield {"station": "s1"}
    yield {"model": "tile"}
    yield {"model": "tile", "version": "1"}
    yield {"version": "9"}
    yield {"role": "shadow"}
    yield {"picture_sha256": "0" * 64}
    yield {"since": since, "until": until}
    yield {"component": "part3", "verdict": "FAIL"}
    yield {"component": "part3", "verdict": "FAIL", "station": "s1", "role": "canary"}
    yield {"component": "part3", "lot": "L7"}
    yield {"component": "nothing"}
    yield {"component": "part3", "station": "nowhere"}
    yield {"verdict": "FAIL", "lot": "L7", "until": since}
    yield {"product": "motor", "model": "tile", "role": "line", "verdict": "REVIEW", "since": since}


if __name__ == "__main__":
    main()
