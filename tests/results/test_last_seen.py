"""What was last seen of one thing: written when it changes, and by its age when it does not."""

import asyncio
import time
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import msgspec
import pytest

from aoi_modules.logs import event_log
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results import last_seen
from aoi_modules.results.database.connection import Database
from aoi_modules.results.last_seen import Copy, LastSeen


class Colour(Copy, frozen=True, kw_only=True):
    name: str


class ColourSeen(LastSeen[Colour]):
    what, in_words, kind = "colour", "the colour of the lamp", Colour
    now, used = "red", ""

    async def read(self, database: Database, known: Colour | None, moment: datetime) -> Colour:
        return known if known is not None and known.name == self.now else Colour(time=moment, name=self.now)

    def use(self, copy: Colour) -> None:
        self.used = copy.name


def test_a_copy_is_written_for_a_change_and_for_its_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> Colour:
        return msgspec.json.decode((tmp_path / "colour.json").read_bytes(), type=Colour)

    async def run() -> None:
        database = Database(tmp_path / "results.db")
        seen = ColourSeen(database, tmp_path / "colour.json", event_log(StringIO()))
        await seen.start()
        first = kept()
        await seen.look()
        assert (kept(), seen.used) == (first, "red")
        seen.now = "blue"
        await seen.look()
        assert (kept().name, seen.used) == ("blue", "blue")
        second = kept()
        monkeypatch.setattr(last_seen, "COPY_AGE", timedelta(0))
        await seen.look()
        assert kept().time > second.time
        await database.close()

    asyncio.run(run())


def test_of_two_copies_at_once_the_newest_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = iter((0.3, 0.0))  # the first one meets a disk that is slow

    def slowly(path: Path, content: bytes) -> None:
        time.sleep(next(pauses))
        write_whole(path, content)

    async def run() -> None:
        database = Database(tmp_path / "results.db")
        seen = ColourSeen(database, tmp_path / "colour.json", event_log(StringIO()))
        monkeypatch.setattr(last_seen, "write_whole", slowly)
        first = asyncio.create_task(seen.look())
        await asyncio.sleep(0.1)
        seen.now = "blue"
        await seen.look()
        await first
        await database.close()

    asyncio.run(run())
    assert msgspec.json.decode((tmp_path / "colour.json").read_bytes(), type=Colour).name == "blue"


def test_a_disk_that_takes_no_copy_is_told_and_changes_nothing(tmp_path: Path) -> None:
    log = StringIO()

    async def run() -> None:
        database = Database(tmp_path / "results.db")
        seen = ColourSeen(database, tmp_path / "missing" / "colour.json", event_log(log))
        (tmp_path / "missing").write_text("a file in place of the folder")
        await seen.start()
        assert seen.used == "red"
        await database.close()

    asyncio.run(run())
    assert "colour not copied" in log.getvalue()
