"""What gateways note for each other, by the database's clock."""

import asyncio
from datetime import timedelta
from pathlib import Path

from aoi_modules.results.database import presence
from tests.results.units.conftest import gateway, record, run


def test_a_gateway_notes_how_far_it_is_and_that_it_left(tmp_path: Path) -> None:
    async def act() -> tuple[list[str], list[str], list[str]]:
        async with gateway(tmp_path, "a") as a:
            async with gateway(tmp_path, "b") as b:
                await b.keep(record("S1", "left"), committed_within=10)
                moment = await presence.clock(a.database)
                there = await a._presence.behind(moment, 5.0)
                ahead = await a._presence.behind(moment + timedelta(hours=1), 0.0)
            await asyncio.sleep(0.1)
            return there, ahead, await a._presence.behind(moment + timedelta(hours=1), 0.0)

    there, ahead, after = run(act)
    assert there == [], "it has stored what it accepted by then"
    assert len(ahead) == 1, "nobody has stored what comes in an hour"
    assert after == [], "it left"


def test_only_those_that_are_asked_about_count(tmp_path: Path) -> None:
    async def act() -> list[str]:
        async with gateway(tmp_path, "a") as a:
            await a.keep(record("S1", "left"), committed_within=10)
            moment = await presence.clock(a.database)
            for name in ("x", "y"):
                await presence.note(a.database, name, moment - timedelta(seconds=5))
            return await a._presence.behind(moment, 0.0, ("y", "z"))

    assert run(act) == ["y"]
