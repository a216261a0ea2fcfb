"""Database and pictures of a gateway, open for as long as a command needs them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aoi_modules.commands.options.places import Places
from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.store import PictureStore

Found = TypeVar("Found")


def with_database(places: Places, act: "Callable[[Database], Awaitable[Found]]") -> Found:
    """Does something with a database that is there; it gets the tables of this release."""
    from aoi_modules.results.database.connection import Database, parse_url
    from aoi_modules.results.database.migrating import migrate

    parsed = parse_url(places.url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise ResultsError(f"{parsed.database}: there is no such database", hint="name the one that a gateway made")

    async def run() -> Found:
        database = Database(places.url)
        try:
            await migrate(database)
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())


def with_both(places: Places, act: "Callable[[Database, PictureStore], Awaitable[Found]]") -> Found:
    """Does something with a database and a store of pictures."""
    from aoi_modules.results.pictures.opening import open_store

    async def run(database: "Database") -> Found:
        store = open_store(places.store)
        try:
            return await act(database, store)
        finally:
            await store.close()

    return with_database(places, run)
