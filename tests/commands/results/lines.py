"""A line whose results are kept, with an old, a held and a new inspection."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id, now
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
