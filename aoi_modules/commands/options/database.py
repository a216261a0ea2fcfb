"""Where the database of a gateway is, said as `aoi gateway` says it, for commands that need nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database

    Prepare = Callable[[Database], Awaitable[Path | None]]

Found = TypeVar("Found")
DATABASE_OPTIONS = (
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
)


def database_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a gateway's database; it takes them as `place`."""
    names = [field.name for field in fields(DatabasePlace)]
    return with_value(function, DATABASE_OPTIONS, keyword="place", names=names, make=DatabasePlace)


@dataclass(frozen=True)
class DatabasePlace:
    """Where the database is."""

    folder: Path
    database: str | None

    @property
    def url(self) -> str:
        """Of the database."""
        from aoi_modules.results.home import DATABASE
        from aoi_modules.settings import settings

        return self.database or settings().database_url or str(self.folder / DATABASE)

    def act(self, act: "Callable[[Database], Awaitable[Found]]", prepare: "Prepare | None" = None) -> Found:
        """Does something with a database that is there.

        Args:
            act: what.
            prepare: makes sure of its tables, before; None as `migrating.prepare` does.

        Raises:
            ResultsError: it is not there, or has not the tables of this release.
        """
        from aoi_modules.results.database import migrating
        from aoi_modules.results.database.connection import Database, parse_url

        parsed = parse_url(self.url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise ResultsError(f"{parsed.database}: there is no such database", hint="name the one that a gateway made")

        async def run() -> Found:
            database = Database(self.url)
            try:
                copy = await (prepare or migrating.prepare)(database)
                if copy is not None:
                    click.echo(
                        f"{parsed.database} got the tables of this release; {copy} is as it was before", err=True
                    )
                return await act(database)
            finally:
                await database.close()

        return asyncio.run(run())
