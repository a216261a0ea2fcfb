"""What all do who follow the spool: in order, again after trouble, told once, held up by nothing."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.logs import event_log
from aoi_modules.results import following
from aoi_modules.results.following import Following, Place
from aoi_modules.results.spool.follower import Found
from aoi_modules.results.spool.journal import Spool
from tests.results.spool.spools import opened

SHELF = Place("shelf", DatabaseAway, one="book", many="books", taken="kept")


class Shelving(Following):
    """Puts records on a shelf that may be away."""

    def __init__(self, spool: Spool, folder: Path, **options: Any) -> None:
        self.said = io.StringIO()
        super().__init__(spool.follower("rows"), SHELF, folder / "refused", event_log(self.said), **options)
        self.shelf: list[bytes] = []
        self.trouble: Exception | None = None
        self.tries = 0

    async def take(self, found: Sequence[Found]) -> None:
        self.tries += 1
        if self.trouble is not None:
            raise self.trouble
        for entry in found:
            if entry.record == b"unreadable":
                self.put_aside(entry, ".book", entry.record, "torn")
            else:
                self.shelf.append(entry.record + entry.picture)

    def events(self) -> list[tuple[str, str]]:
        """What was logged: each event, and its detail."""
        lines = [json.loads(line) for line in self.said.getvalue().splitlines()]
        return [(line["event"], line.get("detail", "")) for line in lines]


@asynccontextmanager
async def shelving(folder: Path, **options: Any) -> AsyncIterator[tuple[Spool, Shelving]]:
    """A spool, and who follows it."""
    async with opened(folder / "spool") as spool:
        shelf = Shelving(spool, folder, **options)
        task = asyncio.create_task(shelf.run())
        try:
            yield spool, shelf
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once."""
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0.001)


async def tries(shelf: Shelving, count: int) -> None:
    """Waits for so many more tries."""
    until = shelf.tries + count
    while shelf.tries < until:
        await asyncio.sleep(0.001)


async def shelved(shelf: Shelving, count: int) -> None:
    """Waits until so many are on the shelf."""
    while len(shelf.shelf) < count:
        await asyncio.sleep(0.001)


def test_entries_are_taken_in_order_and_their_pictures_only_where_they_are_wanted(tmp_path: Path) -> None:
    async def run(pictures: bool) -> list[bytes]:
        async with shelving(tmp_path / str(pictures), pictures=pictures) as (spool, shelf):
            for number in range(100):
                end = await spool.append(b"%d" % number, b"!")
            assert await shelf.until(end, 60)
            return shelf.shelf

    assert asyncio.run(run(False)) == [b"%d" % number for number in range(100)]
    assert asyncio.run(run(True)) == [b"%d!" % number for number in range(100)]


def test_a_place_that_is_away_is_told_once_and_tried_until_it_is_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with shelving(tmp_path) as (spool, shelf):
            shelf.trouble = DatabaseAway("nobody there")
            end = await spool.append(b"book")
            await tries(shelf, 5)
            assert shelf.away == "nobody there"
            assert not await shelf.until(end, 0.01)
            shelf.trouble = None
            assert await shelf.until(end, 60)
            assert (shelf.away, shelf.shelf) == ("", [b"book"])
            assert shelf.events() == [("shelf away", "nobody there"), ("books are kept again", "")]

    asyncio.run(run())


@pytest.mark.parametrize("trouble", [ResultsError("torn"), OSError(28, "No space left on device")])
def test_other_troubles_have_other_words(tmp_path: Path, trouble: Exception) -> None:
    async def run() -> None:
        async with shelving(tmp_path) as (spool, shelf):
            shelf.trouble = trouble
            await spool.append(b"book")
            await tries(shelf, 3)
            assert shelf.events() == [("books cannot be kept", str(trouble))]

    asyncio.run(run())


def test_what_is_refused_for_ever_lies_in_a_file_and_holds_up_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with shelving(tmp_path) as (spool, shelf):
            await spool.append(b"first")
            refused = await spool.append(b"unreadable")
            assert await shelf.until(await spool.append(b"last"), 60)
            assert (shelf.shelf, shelf.refusals, shelf.away) == ([b"first", b"last"], 1, "")
            file = tmp_path / "refused" / f"{refused.segment:010}-{refused.offset}.book"
            assert file.read_bytes() == b"unreadable"
            assert shelf.events() == [("book refused", "torn")]

    asyncio.run(run())


def test_what_was_taken_is_not_given_to_the_next_run(tmp_path: Path) -> None:
    async def run(records: Sequence[bytes]) -> list[bytes]:
        async with shelving(tmp_path) as (spool, shelf):
            for record in records:
                end = await spool.append(record)
            assert await shelf.until(end, 60)
            return shelf.shelf

    assert asyncio.run(run([b"1", b"2"])) == [b"1", b"2"]
    assert asyncio.run(run([b"3"])) == [b"3"]


def test_after_a_busy_batch_entries_wait_for_longer_unless_somebody_waits_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BUSY", 2)
    monkeypatch.setattr(following, "BUSY_SECONDS", 60)

    async def run() -> None:
        async with shelving(tmp_path) as (spool, shelf):
            await asyncio.gather(*(spool.append(b"first") for _ in range(3)))
            await shelved(shelf, 3)
            end = await spool.append(b"last")
            await asyncio.sleep(2 * following.GATHER_SECONDS)
            assert shelf.shelf == [b"first"] * 3
            assert await shelf.until(end, 30)
            assert shelf.shelf[-1] == b"last"

    asyncio.run(run())


def test_what_is_left_behind_a_full_batch_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BATCH", 3)
    monkeypatch.setattr(following, "BUSY", 2)
    monkeypatch.setattr(following, "BUSY_SECONDS", 60)

    async def run() -> None:
        async with shelving(tmp_path) as (spool, shelf):
            await asyncio.gather(*(spool.append(b"book") for _ in range(9)))
            await asyncio.wait_for(shelved(shelf, 9), 30)

    asyncio.run(run())
