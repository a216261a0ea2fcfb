"""From the spool to the database, whatever goes wrong on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from aoi_modules.errors import ResultsError
from aoi_modules.judging.inspection import HeadResult
from aoi_modules.logs import event_log
from aoi_modules.results import following, storing
from aoi_modules.results.database import outbox, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.following import BATCH
from aoi_modules.results.record import Record
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.spool.mark import Position
from aoi_modules.results.storing import Kept, Storing
from aoi_modules.verdict import Verdict
from tests import services
from tests.disks import fill, small_disk
from tests.postgresql import PostgreSQL
from tests.results.records import record
from tests.results.releases import as_the_next, as_the_one_before
from tests.results.spool.spools import opened

PATIENCE = 240.0


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0.02)


class Running:
    """A storing that runs, with what belongs to it."""

    def __init__(self, folder: Path, spool: Spool, url: str, compose: storing.Compose = lambda record: ()) -> None:
        self.log = StringIO()
        self.spool = spool
        self.database = Database(url)
        self.refused = folder / "refused"
        self.storing = Storing(spool.follower("rows"), self.database, self.refused, event_log(self.log), compose)

    async def append(self, *records: Record | bytes) -> Position:
        """Appends them together; gives the position behind the last one."""
        encoded = [one if isinstance(one, bytes) else msgspec.msgpack.encode(one) for one in records]
        return (await asyncio.gather(*map(self.spool.append, encoded)))[-1]

    async def stored(self) -> list[Record]:
        """All records, the oldest first."""
        return list((await reading.page(self.database, reading.Filter(), 10**4)).records)[::-1]

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@asynccontextmanager
async def running(
    folder: Path, url: str, compose: storing.Compose = lambda record: (), *, migrated: bool = True
) -> AsyncIterator[Running]:
    async with opened(folder / "spool") as spool:
        run = Running(folder, spool, url, compose)
        if migrated:
            await migrate(run.database)
        task = asyncio.create_task(run.storing.run())
        try:
            yield run
        finally:
            task.cancel()
            await asyncio.wait([task])
            await run.database.close()
            assert task.cancelled()


async def until(true: Callable[[], bool]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


def run(act: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await act()

    asyncio.run(main())


def test_what_the_spool_has_is_stored_in_its_order(tmp_path: Path, database_url: str) -> None:
    records = [record(number) for number in range(BATCH + 20)]

    async def act() -> None:
        async with running(tmp_path, database_url) as line:
            last = await line.append(*records)
            assert await line.storing.until(last, PATIENCE)
            assert await line.stored() == records
            first = await line.append(record(2000))
            assert await line.storing.until(first, PATIENCE)
            assert len(await line.stored()) == len(records) + 1
            assert (line.storing.away, line.events()) == ("", [])

    run(act)


def test_letters_are_composed_for_what_is_stored(tmp_path: Path, database_url: str) -> None:
    def compose(one: Kept) -> list[Letter]:
        return [Letter(sink, one.gateway, one.id, "{}") for sink in ("broker", "webhook")]

    async def act() -> None:
        async with running(tmp_path, database_url, compose) as line:
            assert await line.storing.until(await line.append(record(1), record(2)), PATIENCE)
            assert await outbox.waiting(line.database, "first", "broker") == 2
            assert await outbox.waiting(line.database, "first", "webhook") == 2

    run(act)


@pytest.mark.parametrize("place", [0, 3, 6])
def test_what_can_never_be_stored_goes_into_a_file_and_holds_up_no_other(
    tmp_path: Path, database_url: str, place: int
) -> None:
    """An entry that is no record, and a record with a number that no database takes."""
    good = [record(number) for number in range(6)]
    bad: list[Record | bytes] = [b"no record", record(9, version=2**63)]

    async def act() -> None:
        async with running(tmp_path, database_url) as line:
            position = await line.append(*good[:place], *bad, *good[place:])
            await line.append(last := record(10))
            await until(lambda: not line.spool.follower("rows").behind)
            assert await line.stored() == [*good, last]
            assert line.storing.refusals == 2
            kept = {path.read_bytes() for path in line.refused.iterdir()}
            assert kept == {b"no record", msgspec.msgpack.encode(bad[1])}
            told = line.events()
            assert [event["event"] for event in told] == ["record refused"] * 2
            assert {event["file"] for event in told} == {str(path) for path in line.refused.iterdir()}
            assert all(event["detail"] and "INSERT" not in event["detail"] for event in told)
            if place == 6:
                with pytest.raises(ResultsError, match=f"the database refused the inspection, .* {tmp_path}/refused/"):
                    await line.storing.stored(position, PATIENCE)
            else:
                assert await line.storing.stored(position, PATIENCE)
            assert await line.storing.until(position, PATIENCE), "nobody waits for it any more"

    run(act)


@services.need(services.POSTGRESQL)
def test_a_text_that_postgresql_refuses_is_kept_in_a_file(tmp_path: Path, postgresql: PostgreSQL) -> None:
    async def act() -> None:
        async with running(tmp_path, postgresql.new_database()) as line:
            good, bad = record(1), record(2, unit="a\0b")
            await line.append(bad, good)
            await until(lambda: not line.spool.follower("rows").behind)
            assert await line.stored() == [good]
            (path,) = line.refused.iterdir()
            assert msgspec.msgpack.decode(path.read_bytes(), type=Record) == bad
            (told,) = line.events()
            assert told["detail"] == 'invalid byte sequence for encoding "UTF8": 0x00'

    run(act)


@services.need(services.POSTGRESQL)
def test_while_the_database_is_away_nothing_is_lost_and_then_all_is_stored(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    async def act() -> None:
        async with running(tmp_path, postgresql.new_database()) as line:
            records = [record(number) for number in range(30)]
            assert await line.storing.until(await line.append(*records[:10]), PATIENCE)
            postgresql.stop()
            try:
                last = await line.append(*records[10:20])
                await until(lambda: bool(line.storing.away))
                assert not await line.storing.until(last, 0.1)
                last = await line.append(*records[20:])
                assert line.spool.follower("rows").behind
            finally:
                postgresql.start()
            assert await line.storing.until(last, PATIENCE)
            assert await line.stored() == records
            assert (line.storing.away, line.storing.refusals) == ("", 0)
            assert [event["event"] for event in line.events()] == ["database away", "results are stored again"]
            assert postgresql.password not in line.log.getvalue()

    run(act)


@pytest.mark.parametrize(
    ("trouble", "repair"),
    [
        ("ALTER TABLE inspections RENAME TO mislaid", "ALTER TABLE mislaid RENAME TO inspections"),
        ("ALTER TABLE inspections RENAME COLUMN lot TO batch", "ALTER TABLE inspections RENAME COLUMN batch TO lot"),
    ],
)
def test_a_database_that_is_not_as_it_should_be_refuses_no_record(
    tmp_path: Path, database_url: str, trouble: str, repair: str
) -> None:
    async def act() -> None:
        async with running(tmp_path, database_url) as line:
            async with line.database.transaction() as connection:
                await connection.execute(text(trouble))
            last = await line.append(record(1))
            await until(lambda: bool(line.storing.away))
            async with line.database.transaction() as connection:
                await connection.execute(text(repair))
            assert await line.storing.until(last, PATIENCE)
            assert (len(await line.stored()), line.storing.refusals) == (1, 0)

    run(act)


def test_a_disk_too_full_for_what_is_refused_is_tried_again(tmp_path: Path) -> None:
    async def act(disk: Path) -> None:
        async with running(tmp_path, f"sqlite:///{tmp_path / 'results.db'}") as line:
            line.refused.symlink_to(disk)
            filler = fill(disk)
            last = await line.append(b"no record" * 1000, record(1))
            await until(lambda: "No space left on device" in line.storing.away)
            filler.unlink()
            assert await line.storing.until(last, PATIENCE)
            assert len(await line.stored()) == 1
            assert [event["event"] for event in line.events()] == [
                "results cannot be stored",
                "record refused",
                "results are stored again",
            ]

    with small_disk(tmp_path / "disk", "1m") as disk:
        run(lambda: act(disk))


def test_another_start_stores_the_rest_and_nothing_twice(tmp_path: Path, database_url: str) -> None:
    records = [record(number) for number in range(20)]

    async def act() -> None:
        async with running(tmp_path, database_url) as line:
            assert await line.storing.until(await line.append(*records[:5]), PATIENCE)
            await line.append(*records[5:])
        (tmp_path / "spool" / "rows.mark").unlink()  # as after a power cut
        async with running(tmp_path, database_url) as line:
            await until(lambda: not line.spool.follower("rows").behind)
            assert await line.stored() == records

    run(act)


def test_of_what_was_refused_long_ago_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "_REMEMBERED", 1)

    async def act() -> None:
        async with running(tmp_path, f"sqlite:///{tmp_path / 'results.db'}") as line:
            first, second = await line.append(b"one"), await line.append(b"other")
            await until(lambda: not line.spool.follower("rows").behind)
            assert await line.storing.stored(first, PATIENCE)
            with pytest.raises(ResultsError, match="refused"):
                await line.storing.stored(second, PATIENCE)

    run(act)


def test_what_the_next_release_and_the_one_before_put_into_the_spool_is_stored(
    tmp_path: Path, database_url: str
) -> None:
    """A rollback finds a spool of the next release, and an update one of the release before."""
    head = HeadResult(
        name="defect",
        kind="defect",
        label="defect",
        score=0.7,
        scores=None,
        threshold=0.5,
        review_band=None,
        verdict=Verdict.FAIL,
    )
    kept = [record(number, unit=f"U{number}", heads=(head,)) for number in range(4)]

    async def act() -> None:
        async with running(tmp_path, database_url) as line:
            position = await line.append(
                as_the_next(kept[0]), as_the_one_before(kept[1]), kept[2], as_the_next(kept[3])
            )
            assert await line.storing.stored(position, PATIENCE)
            found = await line.stored()
            assert [one.id for one in found] == [one.id for one in kept]
            assert [one.schema for one in found] == [2, 1, 1, 2]
            assert [one.inspection.verdict for one in found] == [one.inspection.verdict for one in kept]
            assert [one.origin.unit for one in found] == ["U0", None, "U2", "U3"]
            assert found[0].inspection.heads == (head,)
            assert not line.refused.exists()

    run(act)
