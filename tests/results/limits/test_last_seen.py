"""Limits as last seen: from the database while it answers, else from the copy beside the spool, else none at all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import TypeVar

import pytest

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.logs import event_log
from aoi_modules.results import last_seen
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.limits.last_seen import LimitsSeen
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place

Result = TypeVar("Result")
PLACE = Place(component="tile", model="tile", version=3, head="defect")


class Station:
    """A database that may be taken away, and the limits beside it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.copy, self.log = folder / "results.db", folder / "limits.json", StringIO()

    def act(self, act: Callable[[Database, LimitsSeen], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            database = Database(self.path)
            try:
                return await act(database, LimitsSeen(database, self.copy, event_log(self.log)))
            finally:
                await database.close()

        return asyncio.run(run())

    def fill(self, threshold: float, seen: int = 0) -> None:
        async def act(database: Database, limits: LimitsSeen) -> None:
            await migrate(database)
            await set_limits(database, PLACE, HeadLimits(threshold=threshold), who="Ada", why="overkill", seen=seen)

        self.act(act)

    def take_database_away(self) -> None:
        """A folder in its place: SQLite can open none."""
        for path in self.path.parent.glob("results.db*"):
            path.rename(path.with_name(f"away-{path.name}"))
        self.path.mkdir()

    def bring_database_back(self) -> None:
        self.path.rmdir()
        for path in self.path.parent.glob("away-*"):
            path.rename(path.with_name(path.name.removeprefix("away-")))


def threshold(limits: LimitsSeen, version: int | None = 3) -> float | None:
    found = limits.of("tile", "tile", version).get("defect")
    return found.threshold if found else None


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def test_limits_are_those_of_this_version_only(station: Station) -> None:
    station.fill(0.6)

    async def act(database: Database, limits: LimitsSeen) -> None:
        await limits.start()
        assert [threshold(limits, version) for version in (3, 4, None)] == [0.6, None, None]
        assert limits.away_since is None

    station.act(act)


def test_a_change_at_another_gateway_is_seen(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LimitsSeen, "look_seconds", 0.01)
    station.fill(0.6)

    async def act(database: Database, limits: LimitsSeen) -> None:
        await limits.start()
        stopping = asyncio.Event()
        running = asyncio.create_task(limits.run(stopping))
        await set_limits(database, PLACE, HeadLimits(threshold=0.2), who="Grace", why="escapes", seen=1)
        await until(lambda: threshold(limits) == 0.2)
        stopping.set()
        await running

    station.act(act)


def test_without_database_the_copy_holds_and_says_its_age(station: Station) -> None:
    station.fill(0.6)
    station.act(lambda database, limits: limits.start())
    station.take_database_away()

    async def act(database: Database, limits: LimitsSeen) -> None:
        await limits.start()
        assert threshold(limits) == 0.6
        assert limits.away_since is not None

    station.act(act)
    assert "limits from the copy" in station.log.getvalue()


def test_what_was_seen_holds_when_the_database_goes_and_the_new_when_it_is_back(station: Station) -> None:
    station.fill(0.6)

    async def act(database: Database, limits: LimitsSeen) -> None:
        await limits.start()
        await database.close()  # nobody uses it now; it opens again by itself
        station.take_database_away()
        await limits.look_again()
        assert (threshold(limits), limits.away_since is None) == (0.6, False)
        station.bring_database_back()
        await set_limits(database, PLACE, HeadLimits(threshold=0.2), who="Grace", why="escapes", seen=1)
        await limits.look_again()
        assert (threshold(limits), limits.away_since) == (0.2, None)

    station.act(act)


def test_a_copy_says_how_old_it_is_though_nothing_changed(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    station.fill(0.6)

    async def act(database: Database, limits: LimitsSeen) -> None:
        await limits.start()
        first = station.copy.read_bytes()
        await limits.look()
        assert station.copy.read_bytes() == first, "not every second"
        monkeypatch.setattr(last_seen, "COPY_AGE", timedelta(0))
        await limits.look()
        assert station.copy.read_bytes() != first

    station.act(act)


def test_with_neither_database_nor_copy_nobody_judges(station: Station) -> None:
    station.take_database_away()

    async def act(database: Database, limits: LimitsSeen) -> None:
        with pytest.raises(DatabaseAway):
            await limits.look()
        with pytest.raises(ResultsError, match=r"limits\.json has no copy of the limits that people set"):
            await limits.start()

    station.act(act)


def test_a_damaged_copy_is_named(station: Station) -> None:
    station.take_database_away()
    station.copy.write_text("{")

    async def act(database: Database, limits: LimitsSeen) -> None:
        with pytest.raises(ResultsError, match=r"limits\.json: expected the limits as this gateway last saw them"):
            await limits.start()

    station.act(act)
