"""How a component stands, with a plan and without."""

from pathlib import Path

from aoi_modules.logs import event_log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.station import ledger
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.station.standing import standing_of
from tests.results.conftest import with_database
from tests.results.station.made import PLAN, evaluated


def test_what_fails_is_locked_by_a_plan_alone(tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        await ledger.add_check(database, evaluated({"good": 0.1, "bad": 0.2}))
        seen = ChecksSeen(database, tmp_path / "checks.json", event_log())
        await seen.start()
        planned, free = (standing_of("tile", plan, seen, Calendar()) for plan in (PLAN, None))
        assert (planned.locked, planned.check and planned.check.passed) == ("failing", False)
        assert "1 defective part passed: bad" in planned.why
        assert (free.locked, free.why, free.due, free.check) == (None, "", None, planned.check)
        assert standing_of("board", PLAN, seen, Calendar()).locked == "missing"

    with_database(tmp_path / "results.db", act)
