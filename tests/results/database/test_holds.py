"""Holds: for several reasons, by people and parts; only of pictures that are there."""

from collections.abc import Iterable

import pytest
from sqlalchemy import update

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import hold, holds_of, release
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import now
from tests.results.conftest import with_database
from tests.results.records import record


async def held(database: Database, ids: Iterable[str], reason: str = "queue", who: str = "station") -> None:
    async with database.transaction() as connection:
        await hold(connection, ids, reason, who)


async def released(database: Database, reason: str, ids: Iterable[str] | None = None) -> int:
    async with database.transaction() as connection:
        return await release(connection, reason, ids)


def test_a_picture_is_held_for_several_reasons_and_each_is_taken_back_alone(database_url: str) -> None:
    async def act(database: Database) -> None:
        one, other = record(1), record(2)
        await store(database, [one, other])
        before = now()
        await held(database, [one.id, other.id])
        await held(database, [one.id], "complaint 4711", "Müller")
        first, second = await holds_of(database, one.id)
        assert (first.inspection, first.reason, first.who) == (one.id, "queue", "station")
        assert (second.reason, second.who) == ("complaint 4711", "Müller")
        assert before <= first.time <= second.time <= now()
        assert await released(database, "queue", [one.id]) == 1
        assert [found.reason for found in await holds_of(database, one.id)] == ["complaint 4711"]
        assert [found.reason for found in await holds_of(database, other.id)] == ["queue"]

    with_database(database_url, act)


def test_holding_again_keeps_who_held_first(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = record()
        await store(database, [one])
        await held(database, [one.id, one.id], who="first")
        await held(database, [one.id], who="second")
        assert [found.who for found in await holds_of(database, one.id)] == ["first"]

    with_database(database_url, act)


def test_more_are_held_and_released_than_a_statement_takes(database_url: str) -> None:
    async def act(database: Database) -> None:
        records = [record(number) for number in range(450)]
        await store(database, records)
        await held(database, [one.id for one in records], "data set tile-2026")
        assert await released(database, "data set tile-2026", [one.id for one in records[:410]]) == 410
        assert await released(database, "data set tile-2026", []) == 0
        assert await released(database, "data set tile-2026") == 40
        assert await released(database, "data set tile-2026") == 0

    with_database(database_url, act)


def test_only_a_picture_that_is_there_can_be_held(database_url: str) -> None:
    async def act(database: Database) -> None:
        there, never, gone = record(1), record(2, kept=False), record(3)
        await store(database, [there, never, gone])
        async with database.transaction() as connection:
            rows = update(inspections).where(inspections.c.id == gone.id)
            await connection.execute(rows.values(picture_gone=now()))
        for wrong, words in (("0" * 32, "no inspection"), (never.id, "was kept"), (gone.id, r"went on 20\d\d-")):
            with pytest.raises(NoSuchResult, match=words):
                await held(database, [there.id, wrong])
        assert await holds_of(database, there.id) == []

    with_database(database_url, act)
