"""What becomes of a unit follows from the judgements in force; each change is told once, in the same transaction."""

import json
from pathlib import Path

import pytest

from aoi_modules.logs import event_log
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.review.disposition import dispositions_of
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge, undo
from aoi_modules.results.sinks.destinations import Destination
from aoi_modules.results.sinks.sending import Sending
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import record

SCRAPPED = Opinion(verdict="defect", defect="crack", disposition="scrapped")
REWORK = Opinion(verdict="defect", defect="dent", disposition="rework")
RELEASED = Opinion(verdict="good", disposition="released")
LEFT, RIGHT = (record(at, verdict=Verdict.FAIL, unit="SN1", position=name) for at, name in enumerate(("left", "right")))


def sending(database: Database) -> Sending:
    """One sink that is told of dispositions, and one that is not."""
    sinks = {
        "line": Destination(mqtt="mqtt://127.0.0.1:1/aoi"),
        "other": Destination(mqtt="mqtt://127.0.0.1:1/aoi", about=("units",)),
    }
    return Sending(database, "first", sinks, Path("aside"), event_log())


async def told(database: Database) -> list[tuple[str, str | None, str | None]]:
    """Sink, disposition and judgement of each letter."""
    letters = [
        (sink, json.loads(letter.message)["MessageBody"]["Aoi"])
        for sink in ("line", "other")
        for _, letter in await outbox.oldest(database, "first", sink, 100)
    ]
    return [(sink, body["Disposition"], body["Judgement"]) for sink, body in letters]


def test_a_judgement_sets_what_becomes_of_its_unit_and_undo_sends_the_next(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [LEFT, RIGHT])
        tell = sending(database).compose
        left = await judge(database, LEFT.id, REWORK, "Ada", tell)
        right = await judge(database, RIGHT.id, SCRAPPED, "Grace", tell)
        await undo(database, right.id, "Grace", tell)
        await undo(database, left.id, "Ada", tell)
        found = await dispositions_of(database, "SN1")
        assert [(one.disposition, one.judgement, one.who, one.inspection) for one in found] == [
            ("rework", left.id, "Ada", LEFT.id),
            ("scrapped", right.id, "Grace", RIGHT.id),
            ("rework", left.id, "Grace", RIGHT.id),
            (None, None, "Ada", LEFT.id),
        ]
        assert await told(database) == [("line", one.disposition, one.judgement) for one in found]

    with_database(database_url, act)


def test_a_judgement_that_says_nothing_of_the_unit_tells_nobody(database_url: str) -> None:
    async def act(database: Database) -> None:
        await store(database, [LEFT])
        tell = sending(database).compose
        first = await judge(database, LEFT.id, Opinion(verdict="good"), "Ada", tell)
        await undo(database, first.id, "Ada", tell)
        assert (await dispositions_of(database, "SN1"), await told(database)) == ([], [])
        await judge(database, LEFT.id, RELEASED, "Ada", tell)
        await judge(database, LEFT.id, RELEASED, "Ada", tell)
        assert [disposition for _, disposition, _ in await told(database)] == ["released"], "said twice, told once"
        await judge(database, LEFT.id, Opinion(verdict="good"), "Ada", tell)
        assert [disposition for _, disposition, _ in await told(database)] == ["released", None]

    with_database(database_url, act)


def test_a_part_of_no_unit_stands_for_itself(database_url: str) -> None:
    async def act(database: Database) -> None:
        one, other = record(1, verdict=Verdict.FAIL), record(2, verdict=Verdict.FAIL)
        await store(database, [one, other])
        tell = sending(database).compose
        first = await judge(database, one.id, SCRAPPED, "Ada", tell)
        await judge(database, other.id, RELEASED, "Ada", tell)
        await undo(database, first.id, "Ada", tell)
        assert [disposition for _, disposition, _ in await told(database)] == ["scrapped", "released", None]

    with_database(database_url, act)


def test_a_judgement_that_cannot_be_told_is_not_kept(database_url: str) -> None:
    """Row and message are of one transaction."""

    def broken(found: object) -> list[outbox.Letter]:
        raise RuntimeError("no message")

    async def act(database: Database) -> None:
        await store(database, [LEFT])
        with pytest.raises(RuntimeError):
            await judge(database, LEFT.id, SCRAPPED, "Ada", broken)
        assert await dispositions_of(database, "SN1") == []
        await judge(database, LEFT.id, SCRAPPED, "Ada")
        assert len(await dispositions_of(database, "SN1")) == 1

    with_database(database_url, act)
