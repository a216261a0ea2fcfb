"""What a gateway left in its spool gets into the database, or stays where it is."""

import asyncio
import threading
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.emptying import Told, empty, left, wait_until_empty
from aoi_modules.results.home import DATABASE, at_home
from aoi_modules.results.pictures.keeping import PICTURES
from aoi_modules.results.record import Record
from aoi_modules.results.recorder import ROWS
from tests.results.conftest import with_database
from tests.results.records import record
from tests.results.spool.spools import opened, rest


def leave(folder: Path, *records: Record) -> None:
    """Puts records into the spool of a gateway that ends before it stores them."""

    async def run() -> None:
        async with opened(folder / "spool", ROWS, PICTURES) as spool:
            for one in records:
                await spool.append(msgspec.msgpack.encode(one))

    asyncio.run(run())


def stored(database: Path | str, *among: str) -> set[str]:
    """Which of these ids a database has."""

    async def act(opened: Database) -> set[str]:
        return set(await reading.by_ids(opened, among))

    return with_database(database, act)


def test_what_was_left_is_stored_and_the_spool_is_empty(tmp_path: Path) -> None:
    kept = [record() for _ in range(3)]
    leave(tmp_path, *kept)
    found = left(tmp_path)
    assert empty(tmp_path, Told()) == found > 0
    assert left(tmp_path) == 0
    assert stored(tmp_path / DATABASE, *(one.id for one in kept)) == {one.id for one in kept}
    assert empty(tmp_path, Told()) == 0, "once more does no harm"


def test_what_the_database_does_not_take_stays_in_the_spool(tmp_path: Path) -> None:
    leave(tmp_path, record())
    (port,) = free_ports(1)
    with pytest.raises(DatabaseAway, match="bytes are still in the spool after 1 s") as raised:
        empty(tmp_path, Told(), database=f"postgresql://aoi:secret@127.0.0.1:{port}/results", seconds=1)
    assert "secret" not in str(raised.value)
    assert left(tmp_path) > 0
    assert empty(tmp_path, Told()) > 0


def test_a_gateway_that_runs_keeps_its_spool_to_itself(tmp_path: Path) -> None:
    leave(tmp_path, record())
    with at_home(tmp_path), pytest.raises(ResultsError, match="another gateway keeps its results there"):
        empty(tmp_path, Told())


def test_one_waits_for_the_gateway_that_has_the_spool(tmp_path: Path) -> None:
    waited: list[int] = []
    waiting = threading.Thread(target=lambda: waited.append(wait_until_empty(tmp_path, 60)))

    async def run() -> None:
        async with opened(tmp_path / "spool", ROWS, PICTURES) as spool:
            await spool.append(b"record")
            waiting.start()
            await asyncio.sleep(0.5)
            assert waiting.is_alive()
            for name in (ROWS, PICTURES):
                await rest(spool.follower(name))
            await asyncio.to_thread(waiting.join, 60)

    asyncio.run(run())
    assert waited == [0]


def test_one_does_not_wait_for_ever(tmp_path: Path) -> None:
    leave(tmp_path, record())
    assert wait_until_empty(tmp_path, 0.3) == left(tmp_path) > 0
