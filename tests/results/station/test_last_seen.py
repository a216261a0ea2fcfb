"""Checks as last seen: a component is locked over all gateways, after a restart, and without a database."""

import asyncio
from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError, StationLocked
from aoi_modules.logs import event_log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import now
from aoi_modules.results.station import ledger
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.station.state import Unlocking
from tests.results.station.made import PLAN, evaluated

Act = Callable[[Database, ChecksSeen], Awaitable[None]]


class Gateway:
    """A gateway's folder, and a database that may be taken away."""

    def __init__(self, folder: Path) -> None:
        self.path, self.copy, self.log = folder / "results.db", folder / "checks.json", StringIO()

    def act(self, act: Act, *, is_there: bool = True) -> None:
        async def run() -> None:
            database = Database(self.path)
            try:
                if is_there:
                    await migrate(database)
                await act(database, ChecksSeen(database, self.copy, event_log(self.log)))
            finally:
                await database.close()

        asyncio.run(run())

    def take_database_away(self) -> None:
        """A folder in its place: SQLite can open none."""
        for path in self.path.parent.glob("results.db*"):
            path.rename(path.with_name(f"away-{path.name}"))
        self.path.mkdir()


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path)


def refusal(seen: ChecksSeen) -> str:
    """Why the component is locked; empty where it is not."""
    try:
        seen.refuse_locked("tile", PLAN, Calendar())
    except StationLocked as error:
        return error.message
    return ""


async def fail(database: Database) -> None:
    await ledger.add_check(database, evaluated({"good": 0.1, "bad": 0.2}))


def test_a_check_and_an_unlocking_at_another_gateway_are_seen(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChecksSeen, "look_seconds", 0.01)

    async def act(database: Database, seen: ChecksSeen) -> None:
        await seen.start()
        assert "never checked" in refusal(seen)
        stopping = asyncio.Event()
        running = asyncio.create_task(seen.run(stopping))
        await ledger.add_check(database, evaluated({"good": 0.1, "bad": 0.9}))
        await until(lambda: not refusal(seen))
        await fail(database)
        await until(lambda: "1 defective part passed: bad" in refusal(seen))
        await ledger.add_unlocking(database, Unlocking(component="tile", time=now(), who="Grace", why="lamp"))
        await until(lambda: not refusal(seen))
        stopping.set()
        await running

    gateway.act(act)


def test_a_locked_station_stays_locked_without_its_database_and_says_how_old_that_is(gateway: Gateway) -> None:
    async def lock(database: Database, seen: ChecksSeen) -> None:
        await fail(database)
        await seen.start()

    async def look(database: Database, seen: ChecksSeen) -> None:
        await seen.start()
        assert seen.away_since is not None
        assert "1 defective part passed: bad" in refusal(seen)
        assert f"as it was seen at {seen.away_since:%Y-%m-%d %H:%M:%S} UTC" in refusal(seen)

    gateway.act(lock)
    gateway.take_database_away()
    gateway.act(look, is_there=False)
    assert "checks from the copy" in gateway.log.getvalue()


def test_without_a_database_and_a_copy_nobody_knows_so_it_does_not_start(gateway: Gateway) -> None:
    gateway.take_database_away()

    async def act(database: Database, seen: ChecksSeen) -> None:
        with pytest.raises(ResultsError, match="no copy of the checks of the station"):
            await seen.start()

    gateway.act(act, is_there=False)


def test_what_was_seen_holds_when_the_database_goes(gateway: Gateway) -> None:
    async def act(database: Database, seen: ChecksSeen) -> None:
        await ledger.add_check(database, evaluated({"good": 0.1, "bad": 0.9}))
        await seen.start()
        await database.close()  # nobody uses it now; it opens again by itself
        gateway.take_database_away()
        await seen.look_again()
        assert (refusal(seen), seen.away_since is None) == ("", False)

    gateway.act(act)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)
