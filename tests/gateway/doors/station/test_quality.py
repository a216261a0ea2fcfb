"""Figures of quality from the first picture to the page's numbers."""

import asyncio
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import requests
from sqlalchemy import select, update

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import reviews
from aoi_modules.results.database.writing import store
from aoi_modules.results.home import DATABASE
from aoi_modules.results.record import Record, now
from aoi_modules.results.review import queue
from aoi_modules.results.review.choosing import choose
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer
from tests.gateway.doors.station.conftest import ROUTES, Station
from tests.results.records import record

LINES, PARTS, DEFECTIVE, ESCAPE, OVERKILL, AUDIT = 20, 300, 0.2, 0.2, 0.05, 0.25
"""Of the lines with known rates."""


def test_what_people_said_becomes_figures(station: Station) -> None:
    for number in range(12):
        station.inspect((0.1, 0.45, 0.9)[number % 3], lot=f"L{number % 2}")
    unknown = station.get("/v1/quality").json()["total"]["escape"]
    assert (unknown["value"], "was judged at random" in unknown["unknown"]) == (None, True)
    while (part := station.next("Ada"))["inspection"] is not None:
        record = station.get(f"/v1/inspections/{part['inspection']}").json()
        bad = record["inspection"]["verdict"] != "PASS"
        opinion = {"verdict": "defect", "defect": "crack"} if bad else {"verdict": "good"}
        assert station.judge(part["inspection"], **opinion).status_code == 200
    found = station.get("/v1/quality", by="lot").json()
    total = found["total"]
    assert total["verdicts"] == {"PASS": 4, "REVIEW": 4, "FAIL": 4}
    assert (total["escape"]["value"], total["escape"]["interval"][0]) == (0.0, 0.0)
    assert total["escape"]["interval"][1] > 0.1, "of eight defective parts nobody is that sure"
    assert total["overkill"]["value"] == 0.0
    assert (total["first_pass"]["value"], total["first_pass"]["of"]) == (1 / 3, 12)
    assert {group["name"] for group in found["groups"]} == {"L0", "L1"}
    assert [(bar["name"], bar["count"]) for bar in found["defects"]] == [("crack", 8.0)]
    assert len(found["chart"]["points"]) == 2


def test_shifts_are_those_of_the_plant(station: Station) -> None:
    station.inspect(0.1)
    (group,) = station.get("/v1/quality", by="shift").json()["groups"]
    assert group["name"] in ("early", "late")
    assert station.get("/v1/quality", shift=group["name"]).json()["total"]["first_pass"]["parts"] == 1
    refused = station.get("/v1/quality", shift="noon")
    assert (refused.status_code, "shift: expected one of: early, late" in refused.json()["detail"]) == (400, True)


@pytest.mark.slow  # six thousand parts are stored, and two thousand judged
@pytest.mark.timeout(600)
def test_known_rates_are_held_through_the_api_in_19_of_20_lines(tmp_path: Path) -> None:
    """Each component is a line with a fifth of defective parts, of which a fifth escapes; one good part in 20 fails."""
    results, luck = tmp_path / "results", np.random.default_rng(20)
    results.mkdir()
    asyncio.run(_judged_lines(results / DATABASE, luck))
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(ROUTES.format(address=server.address))
        with RunningGateway(tmp_path / "routes.yaml", results=results) as gateway:
            held = {"escape": 0, "overkill": 0}
            for line in range(LINES):
                parameters = {"component": f"line{line}"}
                found = requests.get(f"{gateway.url}/v1/quality", params=parameters, timeout=30).json()["total"]
                for name, truth in (("escape", ESCAPE), ("overkill", OVERKILL)):
                    low, high = found[name]["interval"]
                    held[name] += low <= truth <= high
                    assert high - low < 0.6, "and they say something"
    assert min(held.values()) >= 0.94 * LINES, held


async def _judged_lines(file: Path, luck: np.random.Generator) -> None:
    """Parts as a gateway stores them, of which the queue's are judged."""
    database, defective = Database(file), dict[str, bool]()
    await migrate(database)
    for line in range(LINES):
        parts = [_part(number, f"line{line}", luck, defective) for number in range(PARTS)]
        await store(database, parts, beside=queue.put)
    async with database.transaction() as connection:
        mine = {"leased_by": "Ada", "leased_until": now() + timedelta(hours=1)}
        await connection.execute(update(reviews).values(mine))
        waiting = (await connection.execute(select(reviews.c.inspection))).scalars().all()
    for inspection in waiting:
        bad = defective[inspection]
        opinion = Opinion(verdict="defect", defect="crack") if bad else Opinion(verdict="good")
        await judge(database, inspection, opinion, "Ada")
    await database.close()


def _part(number: int, component: str, luck: np.random.Generator, defective: dict[str, bool]) -> Record:
    bad = bool(luck.random() < DEFECTIVE)
    passes = luck.random() < (ESCAPE if bad else 1 - OVERKILL)
    verdict = Verdict.PASS if passes else Verdict.FAIL
    choice = choose(verdict, kept=True, audit=AUDIT, luck=float(luck.random()))
    one = record(number, component=component, verdict=verdict, review=choice.reason, chance=choice.chance)
    defective[one.id] = bad
    return one
