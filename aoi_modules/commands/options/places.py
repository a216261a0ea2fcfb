"""Where the results of a gateway are, said as `aoi gateway` says it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from aoi_modules.commands.options.decorator import with_value

_OPTIONS = (
    click.option(
        "--results",
        "folder",
        type=click.Path(path_type=Path),
        default="results",
        show_default=True,
        help="Folder of a gateway's results.",
    ),
    click.option(
        "--database",
        help="Another database than the one in the folder: postgresql://USER:PASSWORD@HOST/NAME or a SQLite file."
        " AOI_DATABASE_URL hides a password from the list of processes.",
    ),
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
class Places:
    """Where database and pictures are."""

    folder: Path
    database: str | None
    pictures: str | None

    @property
    def url(self) -> str:
        """Of the database."""
        from aoi_modules.results.home import DATABASE
        from aoi_modules.settings import settings

        return self.database or settings().database_url or str(self.folder / DATABASE)

    @property
    def store(self) -> str:
        """Of the pictures."""
        from aoi_modules.results.home import PICTURE_FOLDER

        return self.pictures or str(self.folder / PICTURE_FOLDER)
