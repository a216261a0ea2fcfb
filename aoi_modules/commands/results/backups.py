"""Copies of all of it, and back: `backup`, `restore`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.places import Places, place_options

if TYPE_CHECKING:
    from aoi_modules.results.backup.saving import Saved
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.store import PictureStore


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--no-pictures", is_flag=True, help="Leave the pictures out.")
@place_options
def backup(out: Path, no_pictures: bool, places: Places) -> None:
    """Copy database and pictures into FILE, a tar archive with checksums. Gateways may go on meanwhile.

    What a gateway has on disk and not yet in its database is not in it. PostgreSQL is copied by its pg_dump.

    \b
    Examples:
      aoi results backup results-2026-11-30.tar
      aoi results backup results.tar --database postgresql://aoi@db/results --pictures s3://line3
    """
    from aoi_modules.progress import progress
    from aoi_modules.results.backup.saving import back_up

    async def act(database: "Database", store: "PictureStore") -> "Saved":
        with progress("pictures", 0, unit="pictures") as advance:
            return await back_up(database, None if no_pictures else store, out, advance)

    saved = places.act_with_pictures(act)
    click.echo(f"{out}: {_contents(saved)}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@place_options
def restore(path: Path, places: Places) -> None:
    """Put back what is in FILE: all of it, into an empty place, or nothing.

    A FILE that is damaged or cut off is refused. A database of PostgreSQL has to be there, and empty.

    \b
    Examples:
      aoi results restore results-2026-11-30.tar --results elsewhere
      aoi results restore results.tar --database postgresql://aoi@db/results --pictures s3://line3
    """
    from aoi_modules.progress import progress
    from aoi_modules.results.backup.restoring import restore
    from aoi_modules.results.database.connection import parse_url
    from aoi_modules.results.pictures.opening import open_store

    async def run() -> "Saved":
        store = open_store(places.store)
        try:
            with progress("pictures", 0, unit="pictures") as advance:
                return await restore(path, parse_url(places.url), store, advance)
        finally:
            await store.close()

    click.echo(f"restored: {_contents(asyncio.run(run()))}")


def _contents(saved: "Saved") -> str:
    """What is in a backup, for people."""
    from aoi_modules.machine import disk

    pictures = f"{saved.pictures} pictures" if saved.about.pictures else "no pictures"
    return f"the database of {saved.about.time:%Y-%m-%d %H:%M} UTC and {pictures}, {disk.size(saved.size)}"
