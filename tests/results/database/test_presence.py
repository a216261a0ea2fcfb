"""Notes of gateways in the database."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aoi_modules.results.database import presence
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate


def test_notes_are_kept_by_gateway_and_those_that_left_are_not_awaited(tmp_path: Path) -> None:
    async def act() -> tuple[dict[str, datetime], datetime]:
        database = Database(tmp_path / "r.sqlite")
        try:
            await migrate(database)
            moment = await presence.clock(database)
            await presence.note(database, "a", moment)
            await presence.note(database, "b", moment - timedelta(minutes=1))
            await presence.note(database, "b", moment)
            await presence.note(database, "c", moment, left=True)
            return await presence.others(database, "a"), moment
        finally:
            await database.close()

    others, moment = asyncio.run(act())
    assert set(others) == {"b"}
    assert abs(others["b"] - moment) < timedelta(milliseconds=1)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=10)
