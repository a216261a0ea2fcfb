"""The start of a gateway before its database: migrated after a copy, waited for, refused, or away."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.errors import DatabaseAway, SchemaBehind
from aoi_modules.logs import event_log
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.results import entering
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import VERSIONS
from aoi_modules.results.entering import Entering
from tests import services
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated

FIRST_STEP = f"UPDATE {VERSIONS} SET version_num = '008'"
"""As if step 009 were new."""


class Start:
    """A start with a database.

    Args:
        url: of the database.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = url
        self._log = StringIO()

    def enter(self, seconds: float = 30.0, stopping: Callable[[], bool] = lambda: False) -> None:
        """Tries to come in as a recorder does."""
        asyncio.run(self._enter(seconds, stopping))

    def events(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    async def _enter(self, seconds: float, stopping: Callable[[], bool]) -> None:
        database = Database(self.url)
        made = Entering(database, event_log(self._log))
        coming = asyncio.create_task(self._come(made))
        try:
            await made.wait(seconds, stopping)
        finally:
            coming.cancel()
            await asyncio.wait([coming])
            await database.close()

    async def _come(self, made: Entering) -> None:
        while True:
            try:
                await made.prepare()
            except (SchemaBehind, DatabaseAway):
                await asyncio.sleep(0.02)
            else:
                made.done()
                return


def test_a_file_of_the_release_before_is_copied_and_migrated(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    migrated(str(path))
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            f"{FIRST_STEP}; DROP INDEX tallies_counted_by_component; DROP INDEX tallies_counted_by_lot;"
            "DROP INDEX tallies_counted_by_station; DROP INDEX tallies_counted_by_version"
        )
    start = Start(path)
    start.enter()
    (told,) = start.events()
    assert (told["event"], told["copy_as_it_was"]) == ("database migrated", str(tmp_path / "results-step-008.sqlite"))
    steps = []
    for one in (path, Path(told["copy_as_it_was"])):
        with closing(sqlite3.connect(one)) as database:
            steps.append(database.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()[0])
    assert steps == ["009", "008"]


def test_a_new_file_is_made_and_one_of_this_release_stays_and_neither_is_copied(tmp_path: Path) -> None:
    for _ in range(2):
        start = Start(tmp_path / "results.sqlite")
        start.enter()
        assert start.events() == []
    assert [one.name for one in tmp_path.iterdir()] == ["results.sqlite"]


def test_a_large_file_takes_longer_than_a_database_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []

    async def slow(database: Database) -> None:
        await asyncio.sleep(0.5)
        ended.append(True)

    monkeypatch.setattr(entering, "prepare", slow)
    Start(tmp_path / "results.sqlite").enter(0.1)
    assert ended == [True]


def test_one_that_does_not_answer_is_not_waited_for_any_longer() -> None:
    (port,) = free_ports(1)
    start = Start(f"postgresql://aoi:secret@127.0.0.1:{port}/results")
    start.enter(0.3)
    assert start.events() == []


@services.need(services.POSTGRESQL)
def test_a_server_that_nobody_migrates_is_waited_for_and_then_refused(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "MIGRATION_SECONDS", 0.5)
    start = Start(postgresql.new_database())
    with pytest.raises(SchemaBehind, match="has no tables of ours yet, and this release needs those of step") as caught:
        start.enter()
    assert "aoi results migrate --database URL" in caught.value.hint
    assert postgresql.password not in caught.value.message
    (told,) = start.events()
    assert (told["event"], told["seconds"]) == ("waiting for the migration of the database", 0.5)
    assert (told["detail"], told["hint"]) == (caught.value.message, caught.value.hint)


@services.need(services.POSTGRESQL)
def test_the_tables_of_an_earlier_step_are_named(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "MIGRATION_SECONDS", 0.0)
    url = migrated(postgresql.new_database())
    postgresql.run(FIRST_STEP, url.rpartition("/")[2])
    with pytest.raises(SchemaBehind, match="has the tables of step 008, and this release needs those of step 009"):
        Start(url).enter()


@services.need(services.POSTGRESQL)
def test_a_migration_that_runs_just_now_is_enough(postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()

    async def run() -> None:
        start = Start(url)
        waiting = asyncio.create_task(start._enter(30, lambda: False))
        while not start.events():
            await asyncio.sleep(0.05)
        assert not waiting.done()
        database = Database(url)
        await migrate(database)
        await database.close()
        await asyncio.wait_for(waiting, 30)

    asyncio.run(run())


@services.need(services.POSTGRESQL)
def test_whoever_is_stopped_waits_no_longer(postgresql: PostgreSQL) -> None:
    with pytest.raises(SchemaBehind):
        Start(postgresql.new_database()).enter(stopping=lambda: True)
