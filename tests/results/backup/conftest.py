"""Results for backups: a database and a store with some inspections, and empty places to restore them to."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from aoi_modules.results.backup.restoring import restore
from aoi_modules.results.backup.saving import Saved, back_up
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database, parse_url
from aoi_modules.results.database.holds import Hold, hold, holds_of
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store as store_records
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.record import Record
from tests.results.conftest import POSTGRESQL
from tests.results.pictures.conftest import contents
from tests.results.records import record
from tests.seaweedfs import NEED, SeaweedFS

RECORDS = [record(number, gateway="Halle 3") for number in range(30)]
PICTURES = {address(one.id, "png"): one.id.encode() * (number + 1) for number, one in enumerate(RECORDS)}

New = Callable[[str], "Line"]


class Line:
    """Where results are.

    Args:
        url: of the database.
        where: the pictures are.
    """

    def __init__(self, url: str, where: str) -> None:
        self.url, self.where = url, where

    async def fill(self) -> "Line":
        database, store = Database(self.url), open_store(self.where)
        await migrate(database)
        await store_records(database, RECORDS)
        async with database.transaction() as connection:
            await hold(connection, [RECORDS[3].id], "complaint 4711", "Müller")
        await store.put_all(list(PICTURES.items()))
        await database.close()
        await store.close()
        return self

    async def found(self) -> tuple[Sequence[Record], list[Hold], dict[str, bytes]]:
        """All that is there: records, holds and pictures."""
        database, store = Database(self.url), open_store(self.where)
        await migrate(database)
        page = await reading.page(database, reading.Filter(), 100)
        all_of_it = page.records[::-1], await holds_of(database, RECORDS[3].id), await contents(store)
        await database.close()
        await store.close()
        return all_of_it

    async def back_up(self, out: Path) -> Saved:
        database, store = Database(self.url), open_store(self.where)
        try:
            await migrate(database)
            return await back_up(database, store, out)
        finally:
            await database.close()
            await store.close()

    async def restore(self, path: Path) -> Saved:
        store = open_store(self.where)
        try:
            return await restore(path, parse_url(self.url), store)
        finally:
            await store.close()


@pytest.fixture(
    params=[
        ("sqlite", "folder"),
        pytest.param(("sqlite", "s3"), marks=NEED),
        pytest.param(("postgresql", "folder"), marks=POSTGRESQL.marks),
        pytest.param(("postgresql", "s3"), marks=[*POSTGRESQL.marks, *NEED]),
    ],
    ids="-".join,
)
def new_line(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> New:
    """Makes empty places of one kind, by a name."""
    database, pictures = request.param

    def made(name: str) -> Line:
        url = str(tmp_path / name / "results.sqlite")
        where = str(tmp_path / name / "pictures")
        if database == "postgresql":
            url = request.getfixturevalue("postgresql").new_database()
        if pictures == "s3":
            server: SeaweedFS = request.getfixturevalue("seaweedfs")
            for variable, value in server.keys.items():
                monkeypatch.setenv(variable, value)
            where = server.new_place()
        return Line(url, where)

    return made


@pytest.fixture(scope="session")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a SQLite file and a folder."""
    folder = tmp_path_factory.mktemp("backup")

    async def run() -> None:
        line = await Line(str(folder / "results.sqlite"), str(folder / "pictures")).fill()
        await line.back_up(folder / "backup.tar")

    asyncio.run(run())
    return folder / "backup.tar"
