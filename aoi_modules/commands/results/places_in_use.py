"""Database and pictures of a gateway, open for as long as a command needs them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from aoi_modules.commands.options.database import with_database_at
from aoi_modules.commands.options.places import Places

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.store import PictureStore

Found = TypeVar("Found")


def with_database(places: Places, act: "Callable[[Database], Awaitable[Found]]") -> Found:
    """Does something with a database that is there; it gets the tables of this release."""
    return with_database_at(places.url, act)


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
