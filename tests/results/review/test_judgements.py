"""Judgements in the database: kept for ever, in force one at a time, taken back by another row."""

import pytest
from sqlalchemy import select

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import holds_of
from aoi_modules.results.database.tables import judged
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import history_of, judge, undo
from aoi_modules.results.review.queue import put, take, waiting
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack", note="left edge", disposition="rework")
DOUBTFUL = record(1, verdict=Verdict.REVIEW, review="doubtful", chance=1.0, lot="L1", station="s1")


async def with_record(database: Database, one: Record = DOUBTFUL) -> Record:
    await store(database, [one], beside=put)
    return one


async def figures(database: Database) -> list[tuple[object, ...]]:
    """What figures are made of."""
    c = judged.c
    question = select(c.good, c.defect, c.sampled, c.component, c.version, c.lot, c.station, c.verdict, c.chance)
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(question)]


def test_a_judgement_is_kept_with_who_and_when(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await with_record(database)
        review = await take(database, "Ada")
        assert review is not None
        kept = await judge(database, one.id, CRACK, "Ada")
        assert await history_of(database, one.id) == [kept]
        assert (kept.who, kept.given, kept.opinion, kept.shown) == ("Ada", "doubtful", CRACK, one.id)
        assert await figures(database) == [(False, "crack", True, "tile", 3, "L1", "s1", "REVIEW", 1.0)]
        assert await waiting(database) == []
        assert [hold.reason for hold in await holds_of(database, one.id)] == ["judged"]

    with_database(database_url, act)


def test_the_same_said_again_changes_nothing_and_another_word_is_added(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await with_record(database)
        await take(database, "Ada")
        first = await judge(database, one.id, GOOD, "Ada")
        assert await judge(database, one.id, GOOD, "Ada") == first
        second = await judge(database, one.id, CRACK, "Ada")
        assert await history_of(database, one.id) == [first, second]
        assert second.given == "doubtful", "it is still the queue's sample"
        assert [row[:3] for row in await figures(database)] == [(False, "crack", True)]
        third = await judge(database, one.id, GOOD, "Grace")
        assert third.given == "asked", "somebody wanted to know it of this part"
        assert [row[:3] for row in await figures(database)] == [(True, None, False)]

    with_database(database_url, act)


def test_undo_puts_the_part_back_or_lets_the_word_before_it_count(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await with_record(database)
        await take(database, "Ada")
        first = await judge(database, one.id, GOOD, "Ada")
        second = await judge(database, one.id, CRACK, "Ada")
        undone = await undo(database, second.id, "Ada")
        assert (undone.undoes, undone.verdict) == (second.id, None)
        assert [row[0] for row in await figures(database)] == [True]
        assert await waiting(database) == []
        await undo(database, first.id, "Grace")
        assert await figures(database) == []
        assert [(one.reason, one.parts) for one in await waiting(database)] == [("doubtful", 1)]
        assert await take(database, "Ada") is None, "Grace has it before her"
        assert [hold.reason for hold in await holds_of(database, one.id)] == ["review"]
        assert len(await history_of(database, one.id)) == 4

    with_database(database_url, act)


def test_only_what_is_in_force_can_be_taken_back_and_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await with_record(database)
        first = await judge(database, one.id, GOOD, "Ada")
        second = await judge(database, one.id, CRACK, "Ada")
        with pytest.raises(Taken, match="is not in force"):
            await undo(database, first.id, "Ada")
        undone = await undo(database, second.id, "Ada")
        for wrong in (second.id, second.id):
            with pytest.raises(Taken, match="is not in force"):
                await undo(database, wrong, "Ada")
        for wrong in (undone.id, "0" * 32, "17"):
            with pytest.raises(NoSuchResult, match="no judgement"):
                await undo(database, wrong, "Ada")

    with_database(database_url, act)


def test_a_part_that_another_one_looks_at_is_theirs(database_url: str) -> None:
    async def act(database: Database) -> None:
        one = await with_record(database)
        await take(database, "Ada")
        with pytest.raises(Taken, match="Ada has the part before them, until "):
            await judge(database, one.id, GOOD, "Grace")
        assert await history_of(database, one.id) == []

    with_database(database_url, act)


@pytest.mark.parametrize("review", ["audit", None])
def test_what_somebody_asked_for_is_no_sample(database_url: str, review: str | None) -> None:
    """A customer's return is judged because it is bad, so it must not speak for others."""

    async def act(database: Database) -> None:
        one = await with_record(database, record(1, review=review, chance=0.1))
        kept = await judge(database, one.id, CRACK, "Ada")
        assert kept.given == "asked"
        assert [row[:3] for row in await figures(database)] == [(False, "crack", False)]
        await undo(database, kept.id, "Ada")
        assert [found.reason for found in await waiting(database)] == ([review] if review else [])
        assert (await holds_of(database, one.id) != []) is (review is not None)

    with_database(database_url, act)


def test_a_judgement_of_a_disagreement_is_about_the_part(database_url: str) -> None:
    async def act(database: Database) -> None:
        line = record(1, kept=False, chance=0.2)
        shadow = record(2, role="shadow", shadows=line.id, verdict=Verdict.FAIL, review="disagreement", version=9)
        await store(database, [line, shadow], beside=put)
        await take(database, "Ada")
        kept = await judge(database, line.id, CRACK, "Ada")
        assert (kept.given, kept.shown) == ("disagreement", shadow.id)
        assert await figures(database) == [(False, "crack", False, "tile", 3, "", "", "PASS", 0.2)]
        await undo(database, kept.id, "Ada")
        found = await take(database, "Ada")
        assert found is not None
        assert (found.inspection, found.shown, found.reason) == (line.id, shadow.id, "disagreement")
        kept = await judge(database, shadow.id, CRACK, "Ada")
        assert (kept.inspection, kept.given) == (line.id, "disagreement")

    with_database(database_url, act)


def test_a_picture_that_was_sent_again_stands_for_the_first(database_url: str) -> None:
    async def act(database: Database) -> None:
        first, again = record(1, key="a" * 32), record(2, key="a" * 32)
        await store(database, [first, again], beside=put)
        assert (await judge(database, again.id, GOOD, "Ada")).inspection == first.id

    with_database(database_url, act)


def test_nothing_is_known_of_what_was_never_inspected(database_url: str) -> None:
    async def act(database: Database) -> None:
        for wrong in ("0" * 32, "17"):
            with pytest.raises(NoSuchResult, match="no inspection"):
                await judge(database, wrong, GOOD, "Ada")
            assert await history_of(database, wrong) == []

    with_database(database_url, act)
