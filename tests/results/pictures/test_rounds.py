"""Rounds of expiry beside a gateway: each is one line of the log, and trouble ends none of the later ones."""

import asyncio
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.logs import event_log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store
from aoi_modules.results.pictures import rounds
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.pictures.rounds import Rounds
from aoi_modules.results.record import new_id, now
from tests.results.records import record

OLD = new_id(now() - timedelta(days=3))


def test_a_round_comes_when_its_time_is_there_and_says_what_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(rounds, "RETRY_SECONDS", 0.01)
    log = StringIO()

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in log.getvalue().splitlines()]

    async def run() -> None:
        database, pictures = Database(tmp_path / "results.db"), open_store(tmp_path / "pictures")
        retention = Retention()
        going = Rounds(database, pictures, lambda: retention, event_log(log))
        task = asyncio.create_task(going.run(asyncio.Event()))
        while not lines():  # the tables are not there yet
            await asyncio.sleep(0.01)
        assert (lines()[0]["event"], "no such table" in lines()[0]["detail"]) == ("pictures cannot expire now", True)
        await migrate(database)
        await pictures.put(address(OLD, "png"), b"picture")
        await store(database, [record(id=OLD)])
        assert await going.went_well()
        assert {line["event"] for line in lines()} == {"pictures cannot expire now"}, "nothing has an age here"
        retention = Retention(PASS=1)
        while [kept async for kept in pictures.listed()]:  # only listed: a round may take one before it is read
            await asyncio.sleep(0.01)
        while (last := [line for line in lines() if line.get("bytes")]) == []:
            await asyncio.sleep(0.01)
        assert (last[0]["event"], last[0]["pictures"], last[0]["bytes"]) == ("pictures expired", {"PASS": 1}, 100)
        assert last[0]["oldest"] == last[0]["newest"]
        assert last[0]["store"] == str(tmp_path / "pictures")
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await database.close()
        await pictures.close()

    asyncio.run(run())
