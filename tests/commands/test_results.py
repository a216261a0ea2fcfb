"""`aoi results`, as a user calls it."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.results.database import presence, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import holds_of
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id, now
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from tests import in_process
from tests.results.records import record

OLD, HELD, NEW = (new_id(now() - timedelta(days=days)) for days in (3, 2, 0))


class Kept:
    """A database and a folder of pictures, which have an old, a held and a new inspection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database, self.pictures = folder / "results.sqlite", folder / "pictures"
        self.use(self._fill)

    def use(self, act: Callable[[Database, PictureStore], Awaitable[None]]) -> None:
        async def run() -> None:
            database, pictures = Database(self.database), open_store(self.pictures)
            await migrate(database)
            await act(database, pictures)
            await database.close()
            await pictures.close()

        asyncio.run(run())

    async def _fill(self, database: Database, pictures: PictureStore) -> None:
        await store(database, [record(id=one) for one in (OLD, HELD, NEW)])
        for one in (OLD, HELD, NEW):
            await pictures.put(address(one, "png"), b"picture")

    def names(self) -> set[str]:
        """The ids whose pictures are there."""
        return {path.stem for path in self.pictures.rglob("*.png")}

    def aoi(self, *words: object) -> in_process.Ended:
        """`aoi results`, about these results."""
        return in_process.aoi("results", *words, "--results", self.folder)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "line")


def test_pictures_expire_but_those_that_are_held_and_these_after_their_release(kept: Kept) -> None:
    held = kept.aoi("hold", HELD, "--reason", "complaint 4711", "--who", "Müller")
    assert (held.returncode, held.stderr) == (0, "")
    done = kept.aoi("expire", "--keep", "PASS=1", "--keep", "FAIL=365")
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.splitlines()
    assert first == "pictures that went: 1 PASS, 0 FAIL; 100 bytes"
    assert second.startswith("taken from 20")
    assert third == "1 more are old enough, and held"
    assert kept.names() == {HELD, NEW}
    released = kept.aoi("release", "--reason", "complaint 4711")
    assert released.stdout == "1 released\n"
    as_json = kept.aoi("expire", "--keep", "PASS=1.5", "--json")
    assert json.loads(as_json.stdout)["pictures"] == {"PASS": 1}
    assert as_json.stdout.count("\n") == 1
    assert kept.names() == {NEW}

    async def rows_say_so(database: Database, pictures: PictureStore) -> None:
        assert [(await reading.by_id(database, one)).picture.gone is None for one in (OLD, HELD, NEW)] == [
            False, False, True,
        ]  # fmt: skip

    kept.use(rows_say_so)


def test_all_of_it_is_copied_into_one_file_and_back_into_an_empty_place(kept: Kept, tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "backup.tar", tmp_path / "elsewhere"
    saved = kept.aoi("backup", file)
    assert saved.returncode == 0, saved.stderr
    assert saved.stdout.startswith(f"{file}: the database of 20")
    assert " UTC and 3 pictures, " in saved.stdout
    done = in_process.aoi("results", "restore", file, "--results", elsewhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"restored: {saved.stdout.partition(': ')[2]}"
    assert {path.stem for path in (elsewhere / "pictures").rglob("*.png")} == kept.names()
    again = in_process.aoi("results", "restore", file, "--results", elsewhere)
    assert (again.returncode, "there is a database already" in again.stderr) == (1, True)
    kept.aoi("backup", tmp_path / "rows.tar", "--no-pictures")
    assert "and no pictures" in kept.aoi("restore", tmp_path / "rows.tar", "--database", tmp_path / "new.db").stdout


def test_who_holds_is_whoever_calls_unless_another_is_named(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "operator")
    assert kept.aoi("hold", NEW, OLD, "--reason", "queue").returncode == 0

    async def look(database: Database, pictures: PictureStore) -> None:
        assert [(one.who, one.reason) for one in await holds_of(database, NEW)] == [("operator", "queue")]

    kept.use(look)
    assert kept.aoi("release", OLD, "--reason", "queue").stdout == "1 released\n"


@pytest.mark.parametrize("keep", ["PASS", "PASS=", "pass=7", "PASS=-1", "PASS=soon"])
def test_an_age_that_makes_no_sense_is_refused(kept: Kept, keep: str) -> None:
    done = kept.aoi("expire", "--keep", keep)
    assert (done.returncode, f"Received: {keep}" in done.stderr) == (2, True)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "folder" / "typo.db"
    done = in_process.aoi("results", "release", "--reason", "queue", "--database", str(missing))
    assert (done.returncode, f"{missing}: there is no such database" in done.stderr) == (1, True)
    assert not missing.parent.exists()


def test_an_inspection_that_is_not_there_cannot_be_held(kept: Kept) -> None:
    done = kept.aoi("hold", "0" * 32, "--reason", "queue")
    assert (done.returncode, f"no inspection {'0' * 32}" in done.stderr) == (1, True)
    wrong = kept.aoi("hold", "4711", "--reason", "queue")
    assert (wrong.returncode, "4711" in wrong.stderr) == (1, True)
    assert "Traceback" not in wrong.stderr


def test_a_table_of_some_inspections(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    assert kept.aoi("export", out).stdout == f"{out}: 3 inspections\n"
    since = (now() - timedelta(days=2.5)).isoformat()
    some = tmp_path / "some.parquet"
    assert kept.aoi("export", some, "--where", f"since={since}").stdout == f"{some}: 2 inspections\n"
    again = kept.aoi("export", out)
    assert (again.returncode, "cannot be written" in again.stderr) == (1, True)


@pytest.mark.parametrize("where", ["colour=red", "verdict=BAD", "since=yesterday", "verdict"])
def test_a_filter_that_makes_no_sense_is_refused(kept: Kept, tmp_path: Path, where: str) -> None:
    ended = kept.aoi("export", tmp_path / "all.csv", "--where", where)
    assert (ended.returncode, f"{where.partition('=')[0]}: expected" in ended.stderr) == (2, True)
    assert not (tmp_path / "all.csv").exists()


def test_what_a_sink_refused_goes_to_the_outbox_again(kept: Kept) -> None:
    place = kept.folder / "aside" / "quality"
    place.mkdir(parents=True)
    letter = {"sink": "quality", "gateway": "g", "about": OLD, "message": "{}", "reason": "400"}
    (place / f"{OLD}.json").write_text(json.dumps(letter))
    assert kept.aoi("resend", "quality").stdout == "1 messages are in the outbox again\n"
    assert kept.aoi("resend", "quality").stdout == "0 messages are in the outbox again\n"


def test_a_gateway_that_never_comes_back_is_forgotten(kept: Kept) -> None:
    async def note(database: Database, pictures: PictureStore) -> None:
        await presence.note(database, "line3-5f2a1c", now())

    kept.use(note)
    assert kept.aoi("forget", "line3-5f2a1c").returncode == 0
    ended = kept.aoi("forget", "line3-5f2a1c")
    assert (ended.returncode, "no gateway 'line3-5f2a1c' writes" in ended.stderr) == (1, True)


def test_judged_parts_become_a_data_set(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "set"
    none = kept.aoi("dataset", "tile", "--out", out)
    assert (none.returncode, "no picture of tile was judged" in none.stderr) == (1, True)

    async def judged(database: Database, pictures: PictureStore) -> None:
        one = record(id=new_id(), picture_sha256=hashlib.sha256(b"picture").hexdigest())
        await store(database, [one])
        await pictures.put(address(one.id, "png"), b"picture")
        await judge(database, one.id, Opinion(verdict="defect", defect="crack"), "Ada")

    kept.use(judged)
    done = kept.aoi("dataset", "tile", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "crack: " in done.stdout
    assert f"next: aoi train folder {out}/parts.csv" in done.stdout
    as_json = kept.aoi("dataset", "tile", "--out", tmp_path / "other", "--json")
    assert json.loads(as_json.stdout)["component"] == "tile"
