"""Keeping inspections: on disk before the answer, in the database soon after, and what is known of repeats."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from aoi_modules.errors import DatabaseAway, ResultsError, SpoolFull
from aoi_modules.logs import event_log
from aoi_modules.results import following, recorder
from aoi_modules.results.database import presence, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.record import Record, now
from aoi_modules.results.recorder import ROWS, Recorder
from aoi_modules.results.spool.journal import Spool
from tests import services
from tests.disks import small_disk
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated
from tests.results.records import record

PATIENCE = 240.0
KEY = "a" * 32
KILLED = """
import asyncio, os, sys
from pathlib import Path
from aoi_modules.logs import event_log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.recorder import ROWS, Recorder
from aoi_modules.results.spool.journal import Spool
from tests.results.records import record

async def keep(recorder, number):
    kept = record(number)
    await recorder.keep(kept)
    os.write(1, (kept.id + "\\n").encode())

async def main(folder, url):
    recorder = Recorder(Spool(folder / "spool", [ROWS]), Database(url), folder / "refused", event_log())
    for first in range(0, 10**6, 10):
        await asyncio.gather(*(keep(recorder, number) for number in range(first, first + 10)))

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""
"""Keeps records, and prints the id of each that was kept, until it is killed."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0.02)


@asynccontextmanager
async def recording(folder: Path, url: str, log: StringIO | None = None, **options: Any) -> AsyncIterator[Recorder]:
    made = Recorder(
        Spool(folder / "spool", [ROWS]), Database(url), folder / "refused", event_log(log or StringIO()), **options
    )
    try:
        yield made
    finally:
        await made.close()


async def stored(made: Recorder) -> list[Record]:
    """All that the database has, the oldest first, as soon as the spool has been stored."""
    await made.keep(record(10**6), committed_within=PATIENCE)
    return list((await reading.page(made.database, reading.Filter(), 10**4)).records)[:0:-1]


def test_what_is_kept_is_known_at_once_and_stored_soon(tmp_path: Path, migrated_url: str) -> None:
    async def run() -> None:
        async with recording(tmp_path, migrated_url) as made:
            first, repeat, other = record(1, key=KEY), record(2, key=KEY), record(3)
            assert await made.known(KEY) is None
            await made.keep(first, b"picture")
            assert await made.known(KEY) == first
            await made.keep(repeat)
            await made.keep(other)
            assert await made.known(KEY) == first
            found = await stored(made)
            assert [one.id for one in found] == [first.id, repeat.id, other.id]
            assert [one.repeats for one in found] == [None, first.id, None]

    asyncio.run(run())


def test_another_start_knows_what_the_database_has(tmp_path: Path, migrated_url: str) -> None:
    async def run() -> None:
        first = record(1, key=KEY)
        async with recording(tmp_path, migrated_url) as made:
            await made.keep(first, committed_within=PATIENCE)
        async with recording(tmp_path, migrated_url) as made:
            assert await made.known(KEY) == first
            assert await made.known("b" * 32) is None

    asyncio.run(run())


def test_only_the_latest_are_known_without_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_RECENT", 3)

    async def run() -> None:
        async with recording(tmp_path, str(tmp_path / "results.db")) as made:
            records = [record(number, key=f"{number:032x}") for number in range(5)]
            for one in records[:3]:
                await made.keep(one)
            assert await made.known(f"{0:032x}") == records[0]  # used again, so it is not the oldest
            for one in records[3:]:
                await made.keep(one)
            made.storing.away = "for this test"
            known = [await made.known(f"{number:032x}") for number in range(5)]
            assert known == [records[0], None, None, *records[3:]]

    asyncio.run(run())


def test_a_start_without_the_database_keeps_all_and_stores_it_when_it_comes(tmp_path: Path) -> None:
    """The folder of the file is not mounted yet."""
    log = StringIO()

    async def run() -> None:
        url = f"sqlite:///{tmp_path / 'link' / 'results.db'}"
        (tmp_path / "link").symlink_to(tmp_path / "real")
        (tmp_path / "real").mkdir()
        made = Recorder(Spool(tmp_path / "spool", [ROWS]), Database(url), tmp_path / "refused", event_log(log))
        (tmp_path / "link").unlink()  # before the first connection
        try:
            kept = record(1, key=KEY)
            await made.keep(kept)
            while not made.storing.away:
                await asyncio.sleep(0.01)
            assert await made.known(KEY) == kept
            assert await made.known("b" * 32) is None
            (tmp_path / "link").symlink_to(tmp_path / "real")
            assert await stored(made) == [kept]
        finally:
            await made.close()

    asyncio.run(run())
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events == ["database away", "results are stored again"]


@services.need(services.POSTGRESQL)
def test_a_server_that_is_away_at_the_start_and_later_costs_no_record(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = migrated(postgresql.new_database())
    records = [record(number, key=f"{number:032x}") for number in range(6)]

    async def run() -> None:
        postgresql.stop()
        try:
            async with recording(tmp_path, url) as made:
                await made.keep(records[0])
                with pytest.raises(DatabaseAway, match=rf"{records[1].id} is safe on disk, but .* within 0\.1 s"):
                    await made.keep(records[1], committed_within=0.1)
                assert await made.known(records[1].key or "") == records[1]
            async with recording(tmp_path, url) as made:
                await made.keep(records[2])
                postgresql.start()
                await made.keep(records[3], committed_within=PATIENCE)
                postgresql.stop()
                await made.keep(records[4])
                assert await made.known("b" * 32) is None
            async with recording(tmp_path, url) as made:
                await made.keep(records[5])
                postgresql.start()
                assert await stored(made) == records
        finally:
            postgresql.stop()
            postgresql.start()

    asyncio.run(run())


def test_a_database_that_is_not_ours_is_told_and_used_when_it_is(tmp_path: Path, database_url: str) -> None:
    log = StringIO()

    async def run() -> None:
        database = Database(database_url)
        async with database.transaction() as connection:
            await connection.execute(text("CREATE TABLE outbox (a INTEGER)"))
        async with recording(tmp_path, database_url, log) as made:
            await made.keep(record(1))
            while not made.storing.away:
                await asyncio.sleep(0.01)
            assert made.storing.away == "the database has a table `outbox` that is not ours"
            async with database.transaction() as connection:
                await connection.execute(text("DROP TABLE outbox"))
            await migrate(database)
            assert len(await stored(made)) == 1
        await database.close()

    asyncio.run(run())
    assert json.loads(log.getvalue().splitlines()[0])["event"] == "results cannot be stored"


def test_what_was_kept_before_the_end_is_stored_by_the_next_start(tmp_path: Path, migrated_url: str) -> None:
    async def run() -> None:
        records = [record(number) for number in range(10)]
        async with recording(tmp_path, migrated_url) as made:
            await asyncio.gather(*map(made.keep, records))
        async with recording(tmp_path, migrated_url) as made:
            assert await stored(made) == records
        with pytest.raises(ResultsError, match="the spool is closed"):
            await made.keep(record(99))

    asyncio.run(run())


def test_a_refused_record_is_not_called_stored(tmp_path: Path, migrated_url: str) -> None:
    async def run() -> None:
        async with recording(tmp_path, migrated_url) as made:
            with pytest.raises(ResultsError, match="the database refused the inspection"):
                await made.keep(record(1, version=2**63), committed_within=PATIENCE)
            await made.keep(record(2, version=2**63))

    asyncio.run(run())


def test_a_refused_record_holds_up_neither_notes_nor_units_nor_the_end(tmp_path: Path, migrated_url: str) -> None:
    async def run() -> dict[str, datetime]:
        async with recording(tmp_path, migrated_url) as made:
            await made.keep(record(1, version=2**63))
            await made.flush(PATIENCE)
            await made._presence._note_stored()
            noted = await presence.others(made.database, "somebody else")
            assert (await made.units.close("S1", "no plan")).positions == ()
        assert made._task.cancelled(), "it did not end by itself"
        return noted

    (stored_until,) = asyncio.run(run()).values()
    assert now() - stored_until < timedelta(minutes=1)


def test_a_full_disk_refuses_and_what_was_refused_is_not_known(tmp_path: Path) -> None:
    async def run(disk: Path) -> None:
        async with recording(disk, str(tmp_path / "results.db")) as made:
            with pytest.raises(SpoolFull, match="No space left on device"):
                await made.keep(record(1, key=KEY), bytes(2 * 10**6))
            assert await made.known(KEY) is None
            await made.keep(kept := record(2, key=KEY))
            assert await stored(made) == [kept]

    with small_disk(tmp_path / "disk", "1m") as disk:
        asyncio.run(run(disk))


def test_a_mistake_that_ends_the_storing_is_loud(tmp_path: Path) -> None:
    log = StringIO()

    def compose(_: Record) -> list[Any]:
        raise KeyError("colour")

    async def run() -> None:
        async with recording(tmp_path, str(tmp_path / "results.db"), log, compose=compose) as made:
            await made.keep(record(1))
            while not made.storing.away:
                await asyncio.sleep(0.01)
            assert made.storing.away == "KeyError: 'colour'"
            await made.keep(record(2))
        async with recording(tmp_path, str(tmp_path / "results.db")) as made:
            assert len(await stored(made)) == 2

    asyncio.run(run())
    (told,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (told["event"], told["level"]) == ("storing ended", "critical")
    assert "KeyError: 'colour'" in told["exception"]


def test_after_a_kill_every_record_that_was_kept_is_stored_once(tmp_path: Path, migrated_url: str) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), migrated_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        kept = [child.stdout.readline() for _ in range(500)]
        child.kill()
        kept += [line for line in child.stdout if line.endswith("\n")]

    async def run() -> None:
        async with recording(tmp_path, migrated_url) as made:
            found = [one.id for one in await stored(made)]
            assert len(found) == len(set(found))
            assert {line.strip() for line in kept} <= set(found)

    asyncio.run(run())
