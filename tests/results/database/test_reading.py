"""Looking for records: by each filter, page by page, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from aoi_modules.errors import BadParameter, NoSuchResult
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter, Page, by_id, by_key, page
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.records import START, record

OTHER: dict[str, Any] = {
    "component": "board",
    "verdict": Verdict.FAIL,
    "unit": "B-2",
    "position": "bottom",
    "product": "pump",
    "lot": "L2",
    "station": "S2",
    "model": "boards",
    "version": 2**40,
    "role": "canary",
    "picture_sha256": "b" * 64,
}
"""For each filter a value that one record has, and no other one."""


async def all_pages(database: Database, wanted: Filter, count: int) -> list[list[Record]]:
    pages: list[list[Record]] = []
    cursor = None
    while True:
        found: Page = await page(database, wanted, count, cursor)
        pages.append(list(found.records))
        if found.cursor is None:
            return pages
        cursor = found.cursor


def test_each_filter_finds_what_it_says(database_url: str) -> None:
    async def act(database: Database) -> None:
        different = {name: record(number, **{name: value}) for number, (name, value) in enumerate(OTHER.items())}
        await store(database, [*different.values(), record(50, unit="B-1")])
        assert set(OTHER) | {"since", "until"} == set(Filter.__struct_fields__)
        for name, value in OTHER.items():
            assert (await page(database, Filter(**{name: value}), 9)).records == [different[name]]
            assert len((await page(database, Filter(), 50)).records) == len(OTHER) + 1
        assert (await page(database, Filter(unit="B-2", component="board"), 9)).records == []
        assert (await page(database, Filter(unit="B-2", component="tile"), 9)).records == [different["unit"]]

    with_database(database_url, act)


@pytest.mark.parametrize("count", [1, 3, 7, 20, 1000])
def test_pages_give_every_record_once_and_the_newest_first(database_url: str, count: int) -> None:
    async def act(database: Database) -> None:
        records = [record(number, lot="odd" if number % 2 else "even") for number in range(20)]
        await store(database, records[10:])
        await store(database, records[:10])
        pages = await all_pages(database, Filter(), count)
        assert [found for part in pages for found in part] == records[::-1]
        assert [len(part) for part in pages[:-1]] == [count] * (len(pages) - 1)
        assert len(pages) == -(-20 // count)
        odd = await all_pages(database, Filter(lot="odd"), count)
        assert [found for part in odd for found in part] == records[::-2]

    with_database(database_url, act)


def test_records_of_one_millisecond_are_all_there(database_url: str) -> None:
    async def act(database: Database) -> None:
        records = [record(0) for _ in range(10)]
        await store(database, records)
        pages = await all_pages(database, Filter(), 3)
        newest_first = sorted(records, key=lambda one: one.id, reverse=True)
        assert [found for part in pages for found in part] == newest_first

    with_database(database_url, act)


def test_what_is_stored_between_two_pages_moves_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        records = [record(number) for number in range(6)]
        await store(database, records)
        first = await page(database, Filter(), 3)
        await store(database, [record(99)])
        second = await page(database, Filter(), 3, first.cursor)
        assert [*first.records, *second.records] == records[::-1]
        assert second.cursor is None

    with_database(database_url, act)


def test_since_is_from_a_moment_on_and_until_is_before_it(database_url: str) -> None:
    async def act(database: Database) -> None:
        records = [record(number) for number in range(10)]
        await store(database, records)

        async def between(since: datetime | None, until: datetime | None) -> list[Record]:
            return list((await page(database, Filter(since=since, until=until), 50)).records)[::-1]

        def at(seconds: float) -> datetime:
            return START + timedelta(seconds=seconds)

        assert await between(at(3), at(6)) == records[3:6]
        assert await between(at(3.001), at(6.001)) == records[4:7]
        assert await between(at(8), None) == records[8:]
        assert await between(None, at(2)) == records[:2]
        assert await between(at(5), at(5)) == []
        assert await between(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)) == records

    with_database(database_url, act)


def test_one_record_is_found_by_its_id(database_url: str) -> None:
    async def act(database: Database) -> None:
        kept = record(1)
        await store(database, [kept, record(2)])
        assert await by_id(database, kept.id) == kept
        for unknown in ("0" * 32, "", "no id", kept.id.upper() + "A", "\0" * 32, f"{{{kept.id}}}"):
            with pytest.raises(NoSuchResult, match="no inspection"):
                await by_id(database, unknown)

    with_database(database_url, act)


def test_the_first_of_a_key_is_found(database_url: str) -> None:
    async def act(database: Database) -> None:
        first, repeat = record(1, key="a" * 32), record(2, key="a" * 32)
        await store(database, [first, repeat, record(3)])
        assert await by_key(database, "a" * 32) == first
        assert await by_key(database, "b" * 32) is None

    with_database(database_url, act)


@pytest.mark.parametrize("cursor", ["", "last", "0" * 31, "G" * 32, "\0" * 32])
def test_what_is_no_cursor_is_told(database_url: str, cursor: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(BadParameter, match="cursor: expected the cursor of a page that was read before"):
            await page(database, Filter(), 5, cursor)

    with_database(database_url, act)


@pytest.mark.parametrize(
    "wanted", [{"unit": "a\0b"}, {"version": 2**70}, {"version": -(2**63) - 1}, {"lot": "x" * 10**5}]
)
def test_what_no_row_can_hold_fits_no_row(database_url: str, wanted: dict[str, Any]) -> None:
    async def act(database: Database) -> None:
        await store(database, [record()])
        assert await page(database, Filter(**wanted), 5) == Page(records=[], cursor=None)
        assert len((await page(database, Filter(), 5)).records) == 1

    with_database(database_url, act)


def test_a_value_that_no_row_has_is_not_looked_for_in_the_rows_that_have_the_others(database_url: str) -> None:
    """In a million rows that took a second."""
    asked: list[str] = []

    async def act(database: Database) -> None:
        await store(database, [record(number) for number in range(3)])
        event.listen(database._engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert (await page(database, Filter(component="tile", station="nowhere"), 9)).records == []
        assert len(asked) == 1
        assert len((await page(database, Filter(component="tile", verdict=Verdict.PASS), 9)).records) == 3
        assert len(asked) == 3

    with_database(database_url, act)


def test_filters_of_several_values_are_looked_for_only_between_the_rows_that_all_of_them_have(
    database_url: str,
) -> None:
    """In a million rows an old lot was looked for through all newer rows of its component."""
    asked: list[str] = []

    async def act(database: Database) -> None:
        rows = [record(n, component="plug" if n < 6 else "tile", lot=f"L{n // 2}", station="s") for n in range(10)]
        await store(database, rows)
        event.listen(database._engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(str(given[3])))
        found = await page(database, Filter(station="s", lot="L1"), 9)
        assert [one.id for one in found.records] == [rows[3].id, rows[2].id]
        assert all(row.id in asked[1].replace("-", "") for row in rows[2:4])
        assert (await page(database, Filter(component="tile", lot="L1"), 9)).records == []
        assert len(asked) == 3, "no row is newer than the component's oldest and older than the lot's newest"

    with_database(database_url, act)
