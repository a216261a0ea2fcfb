"""Figures of quality and the station's pages: how long they take with a million inspections, 10^5 of them judged.

    .venv/bin/python -m benchmarks.quality --database build/million.sqlite
    .venv/bin/python -m benchmarks.quality --postgresql

The database is filled as in `benchmarks.results`; then each part is counted, every tenth is judged, which the audit log
tells, and some thousands wait for people. Each question is asked seven times by HTTP, after once before; the table has
the median and the slowest in milliseconds, and the median of what the gateway had of a processor meanwhile (SQLite's
work included, PostgreSQL's not), which is the number to compare on a busy machine. The bound is 300 ms.
"""

import asyncio
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, insert, select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import audit, inspections, judged, judgements, reviews, tallies
from aoi_modules.results.database.tallies import slot_of
from aoi_modules.results.record import new_id
from aoi_modules.results.review.choosing import choose
from aoi_modules.verdict import Verdict
from benchmarks.results import BATCH, filled_gateway, options

TIMES = 7
MOST_MS = 300.0
AUDIT = 0.05
QUESTIONS = (
    *(f"/v1/quality?by={by}" for by in ("component", "lot", "station", "version", "day", "shift")),
    "/v1/quality?component=part3&by=day",
    "/v1/reviews",
    "/v1/limits/desk?component=part3&model=tile&version=3&head=defect&threshold=0.6",
    "/",
    "/review",
    *(f"/quality?from=&by={by}" for by in ("day", "lot", "shift", "version")),
    "/quality?from=2026-01-01&to=2026-01-02&by=station",
    "/limits?component=part3",
    "/limits?component=part3&model=tile&version=3&head=defect",
    "/limits/what-if?component=part3&model=tile&version=3&head=defect&threshold=0.6&doubtful=0.5",
    "/stations",
    "/audit",
    "/audit?who=Nobody",
)
WAITING = 5000


def main() -> None:
    with filled_gateway(options(__doc__), lambda url: asyncio.run(judge(url))) as gateway:
        show(gateway.url, gateway.process.pid)


async def judge(url: str) -> None:
    """Counts all parts, and judges every tenth, unless that was done."""
    database = Database(url)
    chance = random.Random(1)
    try:
        async with database.transaction() as connection:
            if (await connection.execute(select(func.count()).select_from(judged))).scalar_one():
                return
            c = inspections.c
            columns = (c.id, c.time, c.component, c.model, c.version, c.lot, c.station, c.verdict, c.role)
            parts: Counter[tuple[Any, ...]] = Counter()
            said: list[dict[str, Any]] = []
            for row in await connection.execute(select(*columns)):
                if row.role != "shadow":
                    kind = counted(row)
                    parts[tuple(kind.items())] += 1
                    if chance.random() < 0.1:
                        said.append({**kind, "inspection": row.id, **opinion(chance)})
            await store(connection, tallies, [{**dict(kind), "first": True, "parts": n} for kind, n in parts.items()])
            await store(connection, judged, said)
            await store(connection, judgements, [judgement(one) for one in said])
            await store(connection, audit, [entry(one) for one in said])
            await store(connection, reviews, [waiting(one, chance) for one in said[:WAITING]])
    finally:
        await database.close()


def counted(row: Any) -> dict[str, Any]:
    chance = choose(Verdict(row.verdict), kept=True, audit=AUDIT, luck=0.0).chance
    return {
        "slot": slot_of(row.time), "component": row.component, "model": row.model, "version": row.version,
        "lot": row.lot or "", "station": row.station or "", "verdict": row.verdict, "chance": chance,
    }  # fmt: skip


def opinion(chance: random.Random) -> dict[str, Any]:
    good = chance.random() < 0.9
    defect = None if good else chance.choice(("crack", "scratch", "dent", "dirt"))
    return {"judgement": new_id(), "good": good, "defect": defect, "sampled": True}


def judgement(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": one["judgement"], "inspection": one["inspection"], "time": one["slot"], "who": "Ada",
        "verdict": "good" if one["good"] else "defect", "defect": one["defect"], "note": "", "disposition": None,
        "given": "audit", "shown": one["inspection"], "undoes": None, "schema": 1,
    }  # fmt: skip


def entry(one: dict[str, Any]) -> dict[str, Any]:
    return {"time": one["slot"], "who": "Ada", "action": "judge", "about": f"inspection {one['inspection']}", "why": ""}


def waiting(one: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A part that waits, and came just now: old ones wait for nobody."""
    fresh = new_id()
    return {
        "inspection": fresh, "shown": fresh, "component": one["component"], "reason": "audit",
        "rank": 2, "draw": chance.randrange(2**31),
    }  # fmt: skip


async def store(connection: Any, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        await connection.execute(insert(table), rows[start : start + BATCH])


def show(url: str, pid: int) -> None:
    """Asks each question, and prints what it took the gateway with that process."""
    print(f"{'question':90}{'median':>10}{'slowest':>10}{'processor':>11}")
    worst = 0.0
    for question in QUESTIONS:
        taken, worked = [], []
        requests.get(f"{url}{question}", timeout=60).raise_for_status()
        for _ in range(TIMES):
            began, before = time.perf_counter(), processor_ms(pid)
            requests.get(f"{url}{question}", timeout=60).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
            worked.append(processor_ms(pid) - before)
        median, processor = statistics.median(taken), statistics.median(worked)
        worst = max(worst, median)
        print(f"{question:90}{median:10.1f}{max(taken):10.1f}{processor:11.1f}", flush=True)
    print(f"slowest median {worst:.1f} ms, bound {MOST_MS:.0f} ms: {'ok' if worst < MOST_MS else 'missed'}")


def processor_ms(pid: int) -> float:
    """Milliseconds for which the threads of a process have had a processor."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


if __name__ == "__main__":
    main()
