"""Counts of parts: each one once, by what figures are asked by, whoever stores them."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import tallies
from aoi_modules.results.database.tallies import SLOT, counted, slot_of
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import START, record, records


async def kept(database: Database) -> list[tuple[object, ...]]:
    c = tallies.c
    question = select(c.slot, c.component, c.version, c.lot, c.verdict, c.chance, c.parts).order_by(
        *tallies.primary_key
    )
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(question)]


def test_parts_are_counted_by_what_figures_are_asked_by(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [record(1, chance=0.1), record(2, chance=0.1), record(3, lot="L1", version=None)])
        await store(database, [record(4, chance=0.1), record(5, verdict=Verdict.FAIL), record(901, chance=0.1)])
        slot = datetime(2026, 3, 1, 6, tzinfo=UTC)
        assert await kept(database) == [
            (slot, "tile", 0, "L1", "PASS", 0.0, 1),
            (slot, "tile", 3, "", "FAIL", 0.0, 1),
            (slot, "tile", 3, "", "PASS", 0.1, 3),
            (slot + SLOT, "tile", 3, "", "PASS", 0.1, 1),
        ]

    with_database(database_url, act)


def test_what_is_stored_twice_sent_again_or_a_shadows_counts_not(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = record(1, key="a" * 32)
        await store(database, [one, one, record(2, key="a" * 32), record(3, role="shadow")])
        await store(database, [one, record(4, key="a" * 32), record(5, role="canary")])
        assert [row[-1] for row in await kept(database)] == [2]

    with_database(database_url, act)


def test_a_unit_that_comes_by_again_is_no_first_attempt(database_url: str) -> None:
    async def act(database: Database) -> None:
        left, right = {"unit": "SN1", "position": "left"}, {"unit": "SN1", "position": "right"}
        await store(database, [record(1, **left), record(2, **right), record(3, **left), record(4), record(5)])
        await store(
            database, [record(6, **right), record(7, unit="SN2", position="left"), record(8, component="pcb", **left)]
        )
        c = tallies.c
        question = select(c.first, func.sum(c.parts)).group_by(c.first)
        async with database.reading() as connection:
            found = {row[0]: int(row[1]) for row in await connection.execute(question)}
        assert found == {True: 6, False: 2}

    with_database(database_url, act)


def test_several_gateways_count_together(database_url: str) -> None:
    async def act(database: Database) -> None:
        async def gateway(number: int) -> None:
            for batch in range(10):
                start = 1000 * number + 20 * batch
                await store(database, [record(start + one % 2 * 900, id=None, lot=str(one)) for one in range(20)])

        await asyncio.gather(*(gateway(number) for number in range(4)))
        async with database.reading() as connection:
            assert (await connection.execute(select(func.sum(tallies.c.parts)))).scalar_one() == 800

    with_database(database_url, act)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_slot_begins_at_a_quarter_of_an_hour(moment: datetime) -> None:
    slot = slot_of(moment)
    assert slot <= moment < slot + SLOT
    assert (slot.minute % 15, slot.second, slot.microsecond) == (0, 0, 0)
    assert slot_of(moment.astimezone(None)) == slot


@given(records())
def test_every_record_can_be_counted(one: Record) -> None:
    assert None not in counted(one).values()


def test_a_moment_of_the_test_is_in_its_slot() -> None:
    assert slot_of(START + timedelta(minutes=14)) == START.replace(microsecond=0)
