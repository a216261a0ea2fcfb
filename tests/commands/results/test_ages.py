"""How long pictures stay, as a user says it."""

import json

import pytest

from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import holds_of
from aoi_modules.results.pictures.store import PictureStore
from tests.commands.results.lines import HELD, NEW, OLD, Kept


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


def test_an_inspection_that_is_not_there_cannot_be_held(kept: Kept) -> None:
    done = kept.aoi("hold", "0" * 32, "--reason", "queue")
    assert (done.returncode, f"no inspection {'0' * 32}" in done.stderr) == (1, True)
    wrong = kept.aoi("hold", "4711", "--reason", "queue")
    assert (wrong.returncode, "4711" in wrong.stderr) == (1, True)
    assert "Traceback" not in wrong.stderr
