"""Closings in the database: one a run, and a later one that settles it, whoever comes at the same time."""

import asyncio
from pathlib import Path

import msgspec

from aoi_modules.results.closing import Closing, left_open, of_records
from aoi_modules.results.database import outbox, unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.database.writing import store
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.units.conftest import record


def closing(unit: str = "S1") -> Closing:
    records = [record(unit, "left"), record(unit, "right")]
    return of_records(unit, records, product="motor", required=("left", "right", "top"), gateway="g")


def test_a_closing_comes_back_as_it_was(tmp_path: Path) -> None:
    async def act(database: Database) -> tuple[Closing, list[Closing]]:
        return await unit_rows.close(database, closing()), await unit_rows.history(database, "S1")

    written, (read,) = with_database(tmp_path / "r.sqlite", act)
    assert msgspec.structs.replace(read, time=written.time) == written
    assert abs((read.time - written.time).total_seconds()) < 0.001
    assert (read.revision, read.missing) == (1, ("top",))


def test_of_many_at_once_one_closes(tmp_path: Path) -> None:
    async def act(database: Database) -> tuple[list[Closing], int]:
        found = await asyncio.gather(*(unit_rows.close(database, closing()) for _ in range(8)))
        return found, len(await unit_rows.history(database, "S1"))

    found, rows = with_database(tmp_path / "r.sqlite", act)
    assert len({one.id for one in found}) == 1
    assert rows == 1


def test_letters_go_only_with_what_was_written_and_know_its_numbers(tmp_path: Path) -> None:
    def compose(one: Closing) -> list[Letter]:
        return [Letter("mqtt", "g", one.id, f"{one.run}.{one.revision}")]

    async def act(database: Database) -> list[str]:
        open_one = await unit_rows.close(database, left_open(closing(), ["b"], "b is away"), compose)
        await unit_rows.close(database, closing(), compose)
        for _ in range(2):
            await unit_rows.settle(database, open_one, closing(), compose)
        following = closing()
        for _ in range(2):
            await unit_rows.append(database, following, compose)
        return [letter.message for _, letter in await outbox.oldest(database, "g", "mqtt", 9)]

    assert with_database(tmp_path / "r.sqlite", act) == ["1.1", "1.2", "2.1"]


def test_an_open_closing_is_settled_once(tmp_path: Path) -> None:
    async def act(database: Database) -> tuple[list[bool], list[Closing], list[Closing]]:
        open_one = await unit_rows.close(database, left_open(closing(), ["b"], "b is away"))
        assert [one.id for one in await unit_rows.open_ones(database, 10)] == [open_one.id]
        done = await asyncio.gather(*(unit_rows.settle(database, open_one, closing()) for _ in range(4)))
        return list(done), await unit_rows.history(database, "S1"), await unit_rows.open_ones(database, 10)

    done, rows, still_open = with_database(tmp_path / "r.sqlite", act)
    assert sorted(done) == [False, False, False, True]
    assert [(row.run, row.revision, row.settled) for row in rows] == [(1, 1, True), (1, 2, True)]
    assert still_open == []


def test_what_is_appended_is_the_next_run_and_counts_once(tmp_path: Path) -> None:
    async def act(database: Database) -> list[Closing]:
        first = closing()
        for one in (first, first, closing()):
            await unit_rows.append(database, one)
        return await unit_rows.history(database, "S1")

    assert [(row.run, row.revision) for row in with_database(tmp_path / "r.sqlite", act)] == [(1, 1), (2, 1)]


def test_the_pictures_of_a_unit_are_without_repeats_and_shadows(tmp_path: Path) -> None:
    async def act(database: Database) -> list[str]:
        first = record("S1", "left")
        again = msgspec.structs.replace(record("S1", "left", Verdict.FAIL), key=first.key)
        shadow = msgspec.structs.replace(record("S1", "left"), role="shadow", shadows=first.id, key=None)
        await store(database, [first, again, shadow, record("S2", "left")])
        return [one.id for one in await unit_rows.pictures_of(database, "S1")] + [first.id]

    found, first = with_database(tmp_path / "r.sqlite", act)
    assert found == first
