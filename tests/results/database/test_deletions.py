"""Orders to delete pictures: oldest first, never one that is held, and none forgotten by a crash."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import select, text

from aoi_modules.errors import DatabaseAway, NoSuchResult
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.deletions import Aged, Leaving, done, order, order_late, ordered, spared
from aoi_modules.results.database.holds import hold, holds_of
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record, first_id, new_id
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import START, record

ALL = "f" * 32
NONE = "0" * 32
MOMENT = datetime(2026, 6, 1, tzinfo=UTC)


async def ordering(
    database: Database, aged: Aged, after: str = NONE, count: int = 100
) -> tuple[list[Leaving], str | None]:
    return await order(database, aged, run=new_id(), moment=MOMENT, after=after, count=count)


def leaving(*records: Record) -> list[Leaving]:
    return [Leaving(one.id, "png", 100) for one in records]


def test_pictures_go_oldest_first_and_their_rows_say_so(database_url: str) -> None:
    async def act(database: Database) -> None:
        old = [record(number) for number in range(5)]
        others = [record(6, verdict=Verdict.FAIL), record(7, kept=False), record(100)]
        await store(database, [*old, *others])
        aged = Aged(Verdict.PASS, first_id(record(50).time))
        assert await ordering(database, aged, count=3) == (leaving(*old[:3]), old[2].id)
        assert await ordering(database, aged, old[2].id, count=3) == (leaving(*old[3:]), None)
        assert await ordering(database, aged) == ([], None)
        assert [(await reading.by_id(database, one.id)).picture.gone for one in old] == [MOMENT] * 5
        assert [(await reading.by_id(database, one.id)).picture.gone for one in others] == [None] * 3

    with_database(database_url, act)


def test_an_order_stands_until_it_is_done(database_url: str) -> None:
    async def act(database: Database) -> None:
        old = [record(number) for number in range(5)]
        await store(database, old)
        await ordering(database, Aged(Verdict.PASS, ALL))
        assert await ordered(database, 3) == leaving(*old[:3])
        await done(database, [one.id for one in old[:4]])
        assert await ordered(database, 3) == leaving(old[4])
        await done(database, [one.id for one in old])
        assert await ordered(database, 3) == []

    with_database(database_url, act)


def test_a_picture_that_comes_after_it_went_is_ordered_again(database_url: str) -> None:
    async def act(database: Database) -> None:
        old, new = record(1), record(100)
        await store(database, [old, new])
        await ordering(database, Aged(Verdict.PASS, new.id))
        await order_late(database, [old.id])
        assert await ordered(database, 9) == leaving(old)
        await done(database, [old.id])
        await order_late(database, [old.id, new.id, "0" * 32])
        assert await ordered(database, 9) == leaving(old)

    with_database(database_url, act)


def test_what_is_held_stays_and_is_counted(database_url: str) -> None:
    async def act(database: Database) -> None:
        old = [record(number) for number in range(6)]
        await store(database, [*old, record(7, verdict=Verdict.FAIL)])
        async with database.transaction() as connection:
            await hold(connection, [old[0].id, old[3].id, old[5].id], "queue", "station")
            await hold(connection, [old[3].id], "judged", "Müller")
        aged = Aged(Verdict.PASS, first_id(old[5].time))
        assert await spared(database, aged) == 2
        assert await ordering(database, aged) == (leaving(old[1], old[2], old[4]), None)
        assert await spared(database, aged) == 2
        assert (await reading.by_id(database, old[3].id)).picture.gone is None

    with_database(database_url, act)


def test_who_holds_and_who_deletes_in_the_same_moment_see_each_other(database_url: str) -> None:
    """A picture that is held is there; one that is gone could not be held."""

    async def holding(database: Database, ids: list[str]) -> bool:
        try:
            async with database.transaction() as connection:
                await hold(connection, ids, "queue", "station")
        except NoSuchResult:
            return False
        return True

    async def run() -> None:
        one, other = Database(database_url), Database(database_url)
        await migrate(one)
        for turn in range(40):
            records = [record(100 * turn + number) for number in range(10)]
            await store(one, records)
            wanted = [records[3].id, records[7].id]
            aged = Aged(Verdict.PASS, first_id(records[-1].time))
            was_held, _ = await asyncio.gather(holding(one, wanted), ordering(other, aged, records[0].id))
            await ordering(other, aged, records[0].id)  # what the first one found locked
            for name in wanted:
                assert bool(await holds_of(one, name)) == was_held
                assert ((await reading.by_id(one, name)).picture.gone is None) == was_held
        await one.close()
        await other.close()

    asyncio.run(run())


def test_two_who_delete_at_once_order_each_picture_once(database_url: str) -> None:
    async def run() -> None:
        databases = [Database(database_url) for _ in range(3)]
        await migrate(databases[0])
        records = [record(number) for number in range(300)]
        await store(databases[0], records)

        async def all_of(database: Database) -> list[Leaving]:
            found: list[Leaving] = []
            after: str | None = NONE
            while after is not None:
                with suppress(DatabaseAway):  # SQLite has one writer at a time, and a slow disk may keep others waiting
                    some, after = await ordering(database, Aged(Verdict.PASS, ALL), after, 20)
                    found += some
            return found

        found = [one for some in await asyncio.gather(*map(all_of, databases)) for one in some]
        assert sorted(found, key=lambda one: one.id) == leaving(*records)
        for database in databases:
            await database.close()

    asyncio.run(run())


def test_the_index_of_pictures_that_are_there_serves_the_order(database_url: str) -> None:
    async def act(database: Database) -> str:
        aged = Aged(Verdict.PASS, first_id(START))
        question = select(inspections.c.id).where(aged.condition()).order_by(inspections.c.id).limit(10)
        kind = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        async with database.reading() as connection:
            dialect = connection.dialect
            written = question.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            if not database.is_sqlite:  # which has no use for an index as long as the table is empty
                await connection.execute(text("SET enable_seqscan = off"))
                await connection.execute(text("SET enable_bitmapscan = off"))
            return str((await connection.execute(text(f"{kind} {written}"))).all())

    assert "inspections_with_picture" in with_database(database_url, act)
