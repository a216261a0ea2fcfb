"""Where the results of a gateway are, said as `aoi gateway` says it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aoi_modules.commands.options.database import DATABASE_OPTIONS, DatabasePlace
from aoi_modules.commands.options.decorator import with_value

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.store import PictureStore

Found = TypeVar("Found")
_OPTIONS = (
    *DATABASE_OPTIONS,
    click.option(
        "--pictures",
        metavar="PLACE",
        help="Another place of pictures than the one in the folder: s3://BUCKET/PREFIX?endpoint=http://HOST:PORT"
        " with keys as boto3 finds them, or a folder.",
    ),
)


def place_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a gateway's places; it takes them as `places`."""
    names = [field.name for field in fields(Places)]
    return with_value(function, _OPTIONS, keyword="places", names=names, make=Places)


@dataclass(frozen=True)
class Places(DatabasePlace):
    """Where database and pictures are."""

    pictures: str | None

    @property
    def store(self) -> str:
        """Of the pictures."""
        from aoi_modules.results.home import PICTURE_FOLDER

        return self.pictures or str(self.folder / PICTURE_FOLDER)

    def act_with_pictures(self, act: "Callable[[Database, PictureStore], Awaitable[Found]]") -> Found:
        """Does something with database and pictures; see `act`."""
        from aoi_modules.results.pictures.opening import open_store

        async def run(database: "Database") -> Found:
            store = open_store(self.store)
            try:
                return await act(database, store)
            finally:
                await store.close()

        return self.act(run)
