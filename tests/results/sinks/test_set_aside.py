"""Letters that a sink refuses for ever."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import DatabaseAway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, oldest
from aoi_modules.results.record import new_id
from aoi_modules.results.sinks.set_aside import send_again, set_aside
from tests.results.conftest import with_database
from tests.results.records import START


def letters(count: int) -> list[Letter]:
    ids = [new_id(START + timedelta(seconds=number)) for number in range(count)]
    return [Letter("quality", "north", one, f'{{"number":{at},"text":"Prüfling"}}') for at, one in enumerate(ids)]


def test_a_letter_is_kept_with_the_reason(tmp_path: Path) -> None:
    (letter,) = letters(1)
    path = set_aside(tmp_path, letter, "no such unit")
    assert path == tmp_path / "quality" / f"{letter.about}.json"
    kept = json.loads(path.read_text())
    assert kept == {
        "sink": "quality", "gateway": "north", "about": letter.about, "message": letter.message,
        "reason": "no such unit",
    }  # fmt: skip


def test_the_same_letter_is_kept_once(tmp_path: Path) -> None:
    (letter,) = letters(1)
    assert set_aside(tmp_path, letter, "one reason") == set_aside(tmp_path, letter, "another")
    assert len(list((tmp_path / "quality").iterdir())) == 1


def test_what_was_refused_can_be_sent_again_oldest_first(tmp_path: Path, database_url: str) -> None:
    refused = letters(3)
    for letter in reversed(refused):
        set_aside(tmp_path, letter, "no such unit")

    async def act(database: Database) -> None:
        assert await send_again(tmp_path, "quality", database) == 3
        assert [letter for _, letter in await oldest(database, "north", "quality", 9)] == refused
        assert await send_again(tmp_path, "quality", database) == 0
        assert await send_again(tmp_path, "another", database) == 0

    with_database(database_url, act)
    assert list((tmp_path / "quality").iterdir()) == []


def test_while_the_database_is_away_the_files_stay(tmp_path: Path) -> None:
    path = set_aside(tmp_path, letters(1)[0], "no such unit")

    async def act(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.exec_driver_sql("DROP TABLE outbox")
        with pytest.raises(DatabaseAway):
            await send_again(tmp_path, "quality", database)

    with_database(tmp_path / "results.db", act)
    assert path.is_file()
