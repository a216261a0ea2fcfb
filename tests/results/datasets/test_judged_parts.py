"""Judged parts: each with what is in force, and with the picture that was judged."""

import pytest

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets import judged_parts as module
from aoi_modules.results.datasets.judged_parts import judged_parts
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge, undo
from aoi_modules.results.review.queue import put
from tests.results.conftest import with_database
from tests.results.records import record

GOOD, CRACK = Opinion(verdict="good"), Opinion(verdict="defect", defect="crack")


def test_what_is_in_force_counts_once_and_only_of_this_component(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGE", 2)
    records = [record(number, unit=f"SN{number}") for number in range(7)]
    other = record(8, component="pcb")

    async def act(database: Database) -> None:
        await store(database, [*records, other])
        for one in [*records, other]:
            await judge(database, one.id, GOOD, "Ada")
        await judge(database, records[1].id, CRACK, "Grace")
        last = await judge(database, records[2].id, CRACK, "Grace")
        await undo(database, last.id, "Grace")
        await undo(database, (await judge(database, records[3].id, CRACK, "Ada")).id, "Ada")
        found = [(part.unit, part.good, part.defect) async for part in judged_parts(database, "tile")]
        assert found == [(f"SN{number}", number != 1, "crack" if number == 1 else None) for number in range(7)]

    with_database(database_url, act)


def test_a_part_is_shown_by_the_shadow_whose_picture_was_kept(database_url: str) -> None:
    async def act(database: Database) -> None:
        line = record(1, kept=False, unit="SN1")
        shadow = record(2, role="shadow", shadows=line.id, review="disagreement", unit="SN1")
        await store(database, [line, shadow], beside=put)
        await judge(database, line.id, CRACK, "Ada")
        (part,) = [part async for part in judged_parts(database, "tile")]
        assert (part.inspection, part.shown.id, part.unit) == (line.id, shadow.id, "SN1")

    with_database(database_url, act)
