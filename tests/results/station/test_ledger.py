"""Checks and unlockings in the database: what happened last to each component."""

import msgspec

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people import audit
from aoi_modules.results.record import now
from aoi_modules.results.station import ledger
from aoi_modules.results.station.check import Check
from aoi_modules.results.station.state import Events, Unlocking
from tests.results.conftest import with_database
from tests.results.station.made import evaluated


def of(component: str, *, passed: bool = True, version: int | None = 3) -> Check:
    check = evaluated({"good": 0.1, "bad": 0.9 if passed else 0.1})
    return msgspec.structs.replace(check, component=component, model=ModelVersion(name="tile", version=version))


def test_checks_are_read_as_they_were_kept(database_url: str) -> None:
    async def act(database: Database) -> None:
        assert await ledger.last_numbers(database) == (0, 0)
        assert await ledger.events(database) == {}
        kept = [
            await ledger.add_check(database, one)
            for one in (of("tile"), of("tile", passed=False), of("tile", version=None), of("board"))
        ]
        assert [check.number for check in kept] == [1, 2, 3, 4]
        assert await ledger.last_checks(database, 9) == kept[::-1]
        assert await ledger.last_checks(database, 1, "tile") == [kept[2]]
        third = ModelVersion(name="tile", version=3)
        assert await ledger.last_checks(database, 9, "tile", third, only_passed=True) == [kept[0]]

    with_database(database_url, act)


def test_the_last_events_of_each_component_are_found(database_url: str) -> None:
    async def act(database: Database) -> None:
        for component, passed in (("tile", True), ("board", True), ("tile", False)):
            await ledger.add_check(database, of(component, passed=passed))
        wanted = Unlocking(component="tile", time=now(), who="Grace", why="the lamp was changed")
        unlocking = await ledger.add_unlocking(database, wanted)
        assert await ledger.last_numbers(database) == (3, 1)
        assert await ledger.unlockings_of(database, 9, "tile") == [unlocking]
        last_entry = (await audit.entries(database, audit.Wish()))[0]
        assert (last_entry.who, last_entry.action, last_entry.about, last_entry.why) == (
            "Grace", "unlock station", "tile", "the lamp was changed",
        )  # fmt: skip
        assert await ledger.unlockings_of(database, 9, "board") == []
        found = await ledger.events(database)
        assert {name: last(events) for name, events in found.items()} == {
            "board": (2, True, None),
            "tile": (3, False, unlocking),
        }

    with_database(database_url, act)


def last(events: Events) -> tuple[int, bool, Unlocking | None]:
    assert events.check is not None
    return events.check.number, events.check.passed, events.unlocking
