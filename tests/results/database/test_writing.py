"""Writing records: each once, whatever is sent twice, by whomever."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from aoi_modules.results.database import outbox, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.database.writing import Refused, store
from aoi_modules.results.record import Record
from tests import services
from tests.postgresql import PostgreSQL
from tests.results.conftest import with_database
from tests.results.records import record, records

STORE = """
import asyncio, sys
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.rows import to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.database.writing import store
from tests.results.records import record

async def main(url, name):
    database = Database(url)
    await migrate(database)
    for number in range(200):
        await store(database, [record(number, gateway=name, key=f"{number // 2:032x}")])
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""
"""Stores 200 records one by one; two have the same key each time, and another process has the same keys."""


async def everything(database: Database) -> list[Record]:
    """All records, the oldest first."""
    return list((await reading.page(database, reading.Filter(), 10**4)).records)[::-1]


def letter(about: Record) -> Letter:
    return Letter("broker", about.gateway, about.id, "{}")


def test_the_same_records_twice_are_stored_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        given_twice = [record(number) for number in range(1200)]  # more than one question may ask for
        assert await store(database, given_twice[:700]) == given_twice[:700]
        assert await store(database, given_twice) == given_twice[700:]
        assert await store(database, given_twice) == []
        assert await store(database, []) == []
        assert await everything(database) == given_twice

    with_database(database_url, act)


def test_one_that_comes_twice_in_a_batch_is_stored_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        twice = record(1)
        assert await store(database, [twice, record(2), twice]) != []
        assert len(await everything(database)) == 2

    with_database(database_url, act)


def test_a_key_that_was_there_makes_a_repeat(database_url: str) -> None:
    async def act(database: Database) -> None:
        first, same_batch, later, other = (record(number, key=f"{number // 3:032x}") for number in range(4))
        stored = await store(database, [first, same_batch])
        assert stored[0] == first
        stored += await store(database, [later, other])
        assert [(one.key, one.repeats) for one in stored] == [
            (first.key, None), (None, first.id), (None, first.id), (other.key, None),
        ]  # fmt: skip
        assert await everything(database) == stored
        assert await store(database, [later, first]) == []

    with_database(database_url, act)


def test_of_stores_at_once_with_the_same_key_one_has_the_first_and_the_others_repeat_it(database_url: str) -> None:
    async def act(database: Database) -> None:
        others = [Database(database_url) for _ in range(3)]
        batches = [
            [record(number, gateway=f"g{number}", key=f"{key:032x}") for key in range(20)] for number in range(4)
        ]
        await asyncio.gather(
            *(store(one, batch) for one, batch in zip([database, *others], batches, strict=True)),
        )
        for key in range(20):
            same = [batch[key].id for batch in batches]
            stored = [await reading.by_id(database, record_id) for record_id in same]
            (first,) = [one for one in stored if one.key is not None]
            assert {one.repeats for one in stored if one != first} == {first.id}
        for other in others:
            await other.close()

    with_database(database_url, act)


@services.need(services.POSTGRESQL)
def test_of_two_that_wait_for_each_other_postgresql_ends_one_which_is_stored_all_the_same(
    postgresql: PostgreSQL,
) -> None:
    async def act(database: Database) -> None:
        one, other = f"{1:032x}", f"{2:032x}"
        async with database.transaction() as connection:
            await connection.execute(insert(inspections), [to_row(record(1, key=one))])
            second = asyncio.create_task(store(database, [record(2, key=other), record(3, key=one)]))
            while postgresql.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "0":
                await asyncio.sleep(0.01)
            await connection.execute(insert(inspections), [to_row(record(4, key=other))])
        assert [stored.key for stored in await second] == [None, None]
        assert len(await everything(database)) == 4

    with_database(postgresql.new_database(), act)


def test_only_new_records_have_letters(database_url: str) -> None:
    async def act(database: Database) -> None:
        old, new = record(1), record(2)
        await store(database, [old], lambda one: [letter(one)])
        await store(database, [old, new], lambda one: [letter(one)])
        letters = [found for _, found in await outbox.oldest(database, "first", "broker", 9)]
        assert letters == [letter(old), letter(new)]

    with_database(database_url, act)


def test_letters_are_about_records_as_they_are_stored(database_url: str) -> None:
    async def act(database: Database) -> None:
        first, again = record(1, key="a" * 32), record(2, key="a" * 32)
        await store(database, [first, again], lambda one: [Letter("broker", "first", one.id, one.repeats or "first")])
        letters = [found for _, found in await outbox.oldest(database, "first", "broker", 9)]
        assert [(one.about, one.message) for one in letters] == [(first.id, "first"), (again.id, first.id)]

    with_database(database_url, act)


@services.need(services.POSTGRESQL)
@pytest.mark.parametrize(
    "bad", [{"unit": "a\0b"}, {"component": "x" * 201}, {"version": 2**63}, {"repeats": "no id"}], ids=str
)
def test_of_a_batch_with_a_record_that_postgresql_refuses_nothing_is_stored(
    postgresql: PostgreSQL, bad: dict[str, object]
) -> None:
    async def act(database: Database) -> None:
        good = record(1)
        with pytest.raises(Refused) as caught:
            await store(database, [good, record(2, **bad)], lambda one: [letter(one)])
        assert "INSERT" not in str(caught.value)
        assert await everything(database) == []
        assert await outbox.waiting(database, "first", "broker") == 0

    with_database(postgresql.new_database(), act)


@pytest.mark.parametrize("bad", [{"version": 2**63}, {"repeats": "no id"}], ids=str)
def test_of_a_batch_with_a_record_that_sqlite_refuses_nothing_is_stored(tmp_path: Path, bad: dict[str, object]) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(Refused):
            await store(database, [record(1), record(2, **bad)])
        assert await everything(database) == []

    with_database(tmp_path / "results.db", act)


def test_two_processes_store_into_one_database(database_url: str) -> None:
    """None is turned away because the other one writes."""
    children = [
        subprocess.Popen([sys.executable, "-c", STORE, database_url, name], stderr=subprocess.PIPE, text=True)
        for name in ("one", "other")
    ]
    for child in children:
        assert child.communicate()[1] == ""
        assert child.returncode == 0

    async def act(database: Database) -> None:
        stored = await everything(database)
        assert len(stored) == 400
        firsts = {one.id: one for one in stored if one.key is not None}
        assert len(firsts) == 100
        assert all(one.repeats in firsts for one in stored if one.key is None)

    with_database(database_url, act)


def test_any_record_comes_back(database_url: str) -> None:
    @given(st.lists(records(), max_size=5, unique_by=lambda one: one.id))
    @settings(max_examples=25)
    def check(drawn: list[Record]) -> None:
        with_database(database_url, lambda database: there_and_back(database, drawn))

    async def there_and_back(database: Database, drawn: list[Record]) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("DELETE FROM inspections"))
        stored = await store(database, drawn)
        assert [one.id for one in stored] == [one.id for one in drawn]
        for one in stored:
            assert await reading.by_id(database, one.id) == one

    check()
