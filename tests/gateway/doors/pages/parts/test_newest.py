"""What was inspected last: read once a moment for everybody, and no shadow or repeat in it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from aoi_modules.gateway.doors.pages.parts.newest import FRESH_SECONDS, PARTS, Newest
from aoi_modules.results.closing import of_records
from aoi_modules.results.database import reading, unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import Record
from tests.results.conftest import with_database
from tests.results.records import record


def units_of(records: Sequence[Record]) -> list[str | None]:
    return [one.origin.unit for one in records]


def test_it_is_of_the_line_and_the_newest_first(tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        line = [record(number, unit=f"SN{number}") for number in range(PARTS + 3)]
        shadow = record(90, role="shadow", shadows=line[0].id)
        pcb = record(91, component="pcb", unit="B1")
        check = record(92, role="check")
        await store(database, [*line, shadow, pcb, check])
        closing = of_records("SN0", line[:1], product=None, required=(), gateway="first")
        await unit_rows.append(database, closing)
        last = await Newest().last(database)
        assert units_of(last.parts) == ["B1", *(f"SN{number}" for number in range(PARTS + 2, 3, -1))]
        assert [one.unit for one in last.units] == ["SN0"]
        assert last.mark == f"{pcb.id}-{closing.id}"
        of_pcb = await Newest().last(database, "pcb")
        assert (units_of(of_pcb.parts), of_pcb.units) == (["B1"], ())
        assert (await Newest().last(database, "no such")).mark == ""

    with_database(tmp_path / "results.db", act)


def test_many_tablets_cost_one_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    page = reading.page

    async def counted(*arguments: object, **named: object) -> object:
        asked.append("page")
        return await page(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "page", counted)

    async def act(database: Database) -> None:
        clock = [0.0]
        newest = Newest(lambda: clock[0])
        found = await asyncio.gather(*(newest.last(database) for _ in range(50)))
        assert (len(asked), len({id(one) for one in found})) == (1, 1)
        await newest.last(database, "tile")
        assert len(asked) == 2
        clock[0] = FRESH_SECONDS
        await store(database, [record(1)])
        assert len((await newest.last(database)).parts) == 1
        for number in range(100):
            await newest.last(database, f"component {number}")
        assert len(newest._kept) <= 32, "who asks for names of their own fills no memory"

    with_database(tmp_path / "results.db", act)
