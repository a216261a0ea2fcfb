"""The review queue: what waits, in which order, and that nobody's part is another one's, too."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import holds_of
from aoi_modules.results.database.tables import reviews
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record, now
from aoi_modules.results.review import queue
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import Waiting, forget, is_blind, put, take, waiting
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import START, record


async def stored(database: Database, *records: Record) -> None:
    await store(database, records, beside=put)


def failed(number: int, **changes: object) -> Record:
    return record(number, verdict=Verdict.FAIL, review="failed", chance=1.0, **changes)


def doubtful(number: int, **changes: object) -> Record:
    return record(number, verdict=Verdict.REVIEW, review="doubtful", chance=1.0, **changes)


def test_what_waits_is_counted_and_its_pictures_are_held(database_url: str) -> None:
    async def act(database: Database) -> None:
        audit, passed = record(3, review="audit", chance=0.1), record(4, chance=0.1)
        await stored(database, failed(1), failed(2, component="pcb"), audit, passed, doubtful(5))
        assert await waiting(database) == [
            Waiting(component="pcb", reason="failed", parts=1),
            Waiting(component="tile", reason="doubtful", parts=1),
            Waiting(component="tile", reason="audit", parts=1),
            Waiting(component="tile", reason="failed", parts=1),
        ]
        assert [hold.reason for hold in await holds_of(database, audit.id)] == ["review"]
        assert await holds_of(database, passed.id) == []

    with_database(database_url, act)


def test_doubtful_ones_come_first_and_failed_ones_last(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, failed(1), record(2, review="audit", chance=0.1), doubtful(3), failed(4))
        found = [await take(database, f"person {number}") for number in range(5)]
        assert [one and one.reason for one in found] == ["doubtful", "audit", "failed", "failed", None]

    with_database(database_url, act)


def test_among_equals_chance_decides(database_url: str) -> None:
    async def act(database: Database) -> None:
        records = [failed(number) for number in range(60)]
        await stored(database, *records)
        found = [await take(database, f"person {number}") for number in range(60)]
        order = [one.inspection for one in found if one is not None]
        assert sorted(order) == [one.id for one in records] != order

    with_database(database_url, act)


def test_a_shadow_that_differs_is_about_the_part_that_was_answered(database_url: str) -> None:
    async def act(database: Database) -> None:
        line = record(1, kept=False)
        shadow = record(2, role="shadow", shadows=line.id, verdict=Verdict.FAIL, review="disagreement")
        await stored(database, line, shadow)
        found = await take(database, "Ada")
        assert found is not None
        assert (found.inspection, found.shown, found.reason) == (line.id, shadow.id, "disagreement")
        assert [hold.reason for hold in await holds_of(database, shadow.id)] == ["review"]

    with_database(database_url, act)


def test_a_part_that_waits_already_waits_once_for_its_first_reason(database_url: str) -> None:
    async def act(database: Database) -> None:
        line = doubtful(1)
        await stored(database, line, line)
        await stored(database, record(2, role="shadow", shadows=line.id, review="disagreement"))
        assert await waiting(database) == [Waiting(component="tile", reason="doubtful", parts=1)]

    with_database(database_url, act)


def test_what_is_judged_already_does_not_wait_because_a_shadow_differs(database_url: str) -> None:
    async def act(database: Database) -> None:
        line = record(1)
        await stored(database, line)
        await judge(database, line.id, Opinion(verdict="good"), "Ada")
        await stored(database, record(2, role="shadow", shadows=line.id, review="disagreement"))
        assert await waiting(database) == []

    with_database(database_url, act)


def test_a_picture_that_was_sent_again_is_not_judged_again(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, doubtful(1, key="a" * 32))
        await stored(database, doubtful(2, key="a" * 32))
        assert [one.parts for one in await waiting(database)] == [1]

    with_database(database_url, act)


def test_reviewers_who_ask_at_once_get_different_parts_and_none_is_left(database_url: str) -> None:
    """Two people, and two gateways that share a database."""

    async def act(database: Database) -> None:
        await stored(database, *(doubtful(number) for number in range(200)))
        other = Database(
            database.url.render_as_string(hide_password=False).replace("+aiosqlite", "").replace("+asyncpg", "")
        )
        judged: Counter[str] = Counter()

        async def work(who: str, where: Database) -> None:
            while (review := await take(where, who)) is not None:
                await judge(where, review.inspection, Opinion(verdict="good"), who)
                judged[review.inspection] += 1

        await asyncio.gather(work("Ada", database), work("Grace", other), work("Hedy", database))
        await other.close()
        assert (len(judged), set(judged.values())) == (200, {1})

    with_database(database_url, act)


def test_who_asks_for_the_next_one_gives_the_last_one_back(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, doubtful(1))
        first = await take(database, "Ada")
        assert await take(database, "Grace") is None
        again = await take(database, "Ada")
        assert first is not None
        assert again is not None
        assert again.inspection == first.inspection

    with_database(database_url, act)


def test_who_judges_ahead_keeps_what_they_have_open(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, *(doubtful(number) for number in range(3)))
        first = await take(database, "Ada", keeps=[])
        assert first is not None
        async with database.transaction() as connection:
            soon = update(reviews).where(reviews.c.leased_by == "Ada").values(leased_until=now() + timedelta(seconds=5))
            await connection.execute(soon)
        second = await take(database, "Ada", keeps=[first.inspection])
        third = await take(database, "Grace", keeps=[])
        assert second is not None
        assert third is not None
        assert len({first.inspection, second.inspection, third.inspection}) == 3
        async with database.reading() as connection:
            until = {row.leased_until for row in await connection.execute(select(reviews)) if row.leased_by == "Ada"}
        assert until == {second.until}, "what they keep stays theirs as long as the new one"

    with_database(database_url, act)


def test_what_a_person_passes_goes_to_others_alone(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, doubtful(1), doubtful(2))
        first = await take(database, "Ada", keeps=[])
        assert first is not None
        second = await take(database, "Ada", keeps=[], passes=[first.inspection])
        assert second is not None
        assert second.inspection != first.inspection
        assert await take(database, "Ada", keeps=[], passes=[first.inspection, second.inspection]) is None
        others = {one.inspection for one in (await take(database, "Grace"), await take(database, "Hedy")) if one}
        assert others == {first.inspection, second.inspection}

    with_database(database_url, act)


def test_one_name_at_two_desks_has_two_parts(database_url: str) -> None:
    """A shift that shares a name: neither desk takes away what the other one has before it."""

    async def act(database: Database) -> None:
        await stored(database, doubtful(1), doubtful(2))
        here, there = [await take(database, "early shift", keeps=[]) for _ in range(2)]
        assert here is not None
        assert there is not None
        assert here.inspection != there.inspection

    with_database(database_url, act)


def test_a_lease_ends(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, doubtful(1))
        assert await take(database, "Ada")
        async with database.transaction() as connection:
            await connection.execute(update(reviews).values(leased_until=now() - timedelta(seconds=1)))
        assert await take(database, "Grace")

    with_database(database_url, act)


def test_only_one_component_is_asked_for(database_url: str) -> None:
    async def act(database: Database) -> None:
        await stored(database, doubtful(1), failed(2, component="pcb"))
        found = await take(database, "Ada", "pcb")
        assert found is not None
        assert found.reason == "failed"
        assert await take(database, "Ada", "chair") is None

    with_database(database_url, act)


def test_what_waits_too_long_is_forgotten_and_its_picture_may_go(database_url: str) -> None:
    async def act(database: Database) -> None:
        old, new = doubtful(1), doubtful(100)
        await stored(database, old, new)
        assert await forget(database, START + timedelta(seconds=50)) == 1
        assert await holds_of(database, old.id) == []
        assert await holds_of(database, new.id) != []
        found = await take(database, "Ada")
        assert found is not None
        assert found.inspection == new.id

    with_database(database_url, act)


def test_an_audit_is_judged_blind_and_some_others_are_too() -> None:
    draws = range(0, 2**31, 2**31 // 1000)
    assert all(is_blind("audit", draw) for draw in draws)
    share = sum(is_blind("doubtful", draw) for draw in draws) / len(draws)
    assert share == pytest.approx(0.1, abs=0.01)


def test_every_reason_has_its_rank() -> None:
    assert sorted(queue.RANKS, key=queue.RANKS.__getitem__) == ["doubtful", "disagreement", "audit", "failed"]
