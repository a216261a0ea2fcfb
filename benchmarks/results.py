"""Finding recorded inspections: how long a page takes in a database of a million, by each filter and by several.

    .venv/bin/python -m benchmarks.results --rows 1000000 --database postgresql://USER:PASSWORD@HOST/NAME

Without --database a SQLite file in a temporary folder is filled. The first page and the hundredth are read, 100
inspections each, seven times; the table has the median and the slowest in milliseconds. The issue's bound is 100 ms.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aoi_modules import event_loop
from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Origin, Picture, Record, Role, new_id
from aoi_modules.verdict import Verdict

BATCH = 2000
COUNT, PAGES = 100, 100
START = datetime(2026, 1, 1, tzinfo=UTC)
VERDICTS = (Verdict.PASS,) * 94 + (Verdict.REVIEW,) * 4 + (Verdict.FAIL,) * 2
ROLES: tuple[Role, ...] = ("line",) * 18 + ("canary", "shadow")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--database", help="by URL; it has to be empty")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        event_loop.run(measure(chosen.database or str(Path(folder) / "results.sqlite"), chosen.rows))


async def measure(url: str, rows: int) -> None:
    database = Database(url)
    try:
        await migrate(database)
        began = time.perf_counter()
        for start in range(0, rows, BATCH):
            await store(database, [record(number, rows) for number in range(start, min(start + BATCH, rows))])
        seconds = time.perf_counter() - began
        print(f"{rows} inspections stored in {seconds:.0f} s, {rows / seconds:.0f} a second")
        print(f"{'filter':60}{'page 1':>10}{'slowest':>10}{'page 100':>10}{'slowest':>10}")
        for name, wanted in filters(rows):
            first, last = await pages(database, wanted)
            cells = [f"{value:10.1f}" for found in (first, last) for value in (statistics.median(found), max(found))]
            print(f"{name:60}{''.join(cells)}")
    finally:
        await database.close()


async def pages(database: Database, wanted: Filter) -> tuple[list[float], list[float]]:
    """Milliseconds of the first page and of the last one up to the hundredth, several times."""
    cursors: list[str | None] = [None]
    for _ in range(PAGES - 1):
        found = await reading.page(database, wanted, COUNT, cursors[-1])
        if found.cursor is None:
            break
        cursors.append(found.cursor)
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(7):
        for milliseconds, cursor in zip(taken, (cursors[0], cursors[-1]), strict=True):
            began = time.perf_counter()
            await reading.page(database, wanted, COUNT, cursor)
            milliseconds.append((time.perf_counter() - began) * 1000)
    return taken


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


def filters(rows: int) -> Iterator[tuple[str, Filter]]:
    """Filters as people use them, and such as find little or nothing."""
    middle = START + timedelta(seconds=rows / 20)
    hour = timedelta(hours=1)
    for wanted in (
        Filter(),
        Filter(component="part3"),
        Filter(verdict=Verdict.FAIL),
        Filter(verdict=Verdict.PASS),
        Filter(unit=f"SN{rows // 16}"),
        Filter(position="p3"),
        Filter(product="motor"),
        Filter(lot="L7"),
        Filter(station="s1"),
        Filter(model="tile"),
        Filter(model="tile", version=1),
        Filter(version=9),
        Filter(role="shadow"),
        Filter(picture_sha256="0" * 64),
        Filter(since=middle, until=middle + hour),
        Filter(component="part3", verdict=Verdict.FAIL),
        Filter(component="part3", verdict=Verdict.FAIL, station="s1", role="canary"),
        Filter(component="part3", lot="L7"),
        Filter(component="nothing"),
        Filter(component="part3", station="nowhere"),
        Filter(verdict=Verdict.FAIL, lot="L7", until=middle),
        Filter(product="motor", model="tile", role="line", verdict=Verdict.REVIEW, since=middle),
    ):
        said = {name: value for name in Filter.__struct_fields__ if (value := getattr(wanted, name)) is not None}
        yield ", ".join(f"{name}={value}" for name, value in said.items())[:58] or "none", wanted


if __name__ == "__main__":
    main()
