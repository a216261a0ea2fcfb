"""Backups while a gateway works, and what they refuse."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from aoi_modules.errors import NoSuchResult, ResultsError
from aoi_modules.results.backup.about import About
from aoi_modules.results.backup.archive import members
from aoi_modules.results.backup.restoring import verify
from aoi_modules.results.backup.saving import back_up
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.tables import VERSIONS
from aoi_modules.results.pictures.folder import FolderShelf
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from tests import services
from tests.results.backup.conftest import PICTURES, Line


def test_a_backup_says_what_is_in_it(backup: Path) -> None:
    saved = verify(backup)
    assert (saved.about.database, saved.about.pictures, saved.pictures) == ("sqlite", True, len(PICTURES))
    names = [member.name for member in members(backup)]
    assert names == ["backup.json", "database.sqlite", *(f"pictures/{place}" for place in sorted(PICTURES))]
    assert sum(member.size for member in members(backup)) > saved.size > sum(map(len, PICTURES.values()))


def test_pictures_may_be_left_out(tmp_path: Path) -> None:
    async def run() -> About:
        line = await Line(str(tmp_path / "results.sqlite"), str(tmp_path / "pictures")).fill()
        database = Database(line.url)
        saved = await back_up(database, None, tmp_path / "backup.tar")
        await database.close()
        assert saved.pictures == 0
        return saved.about

    assert not asyncio.run(run()).pictures
    assert [member.name for member in members(tmp_path / "backup.tar")] == ["backup.json", "database.sqlite"]


class Expiring(FolderShelf):
    """A folder from which each second picture goes between listing and reading."""

    def get(self, address: str) -> bytes:
        if sorted(PICTURES).index(address) % 2:
            raise NoSuchResult(address)
        return super().get(address)


def test_a_picture_that_expires_meanwhile_is_not_in_it(tmp_path: Path) -> None:
    async def run() -> None:
        line = await Line(str(tmp_path / "results.sqlite"), str(tmp_path / "pictures")).fill()
        database, store = Database(line.url), PictureStore(Expiring(tmp_path / "pictures"))
        counts: list[int] = []
        saved = await back_up(database, store, tmp_path / "backup.tar", counts.append)
        assert saved.pictures == sum(counts) == len(PICTURES) / 2
        await database.close()
        await store.close()

    asyncio.run(run())
    assert verify(tmp_path / "backup.tar").pictures == len(PICTURES) / 2


def test_what_fails_leaves_no_file(tmp_path: Path) -> None:
    async def run() -> None:
        line = await Line(str(tmp_path / "line" / "results.sqlite"), str(tmp_path / "line" / "pictures")).fill()
        store = open_store(tmp_path / "line" / "results.sqlite")
        database = Database(line.url)
        with pytest.raises(ResultsError, match="cannot be listed"):
            await back_up(database, store, tmp_path / "out" / "backup.tar")
        await database.close()
        await store.close()

    asyncio.run(run())
    assert list((tmp_path / "out").iterdir()) == []


@services.need(services.POSTGRESQL)
def test_a_database_of_a_newer_release_is_left_to_that(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql").new_database()

    async def run() -> None:
        database = Database(url)
        await migrate(database)
        async with database.transaction() as connection:
            await connection.execute(text(f"UPDATE {VERSIONS} SET version_num = '999'"))
        with pytest.raises(ResultsError, match="a newer release has migrated it"):
            await back_up(database, None, tmp_path / "backup.tar")
        await database.close()

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []
