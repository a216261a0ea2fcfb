"""`aoi results`: what the line found, as it is kept: which pictures go, and which stay."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.expiry import Expiry
    from aoi_modules.results.pictures.retention import Retention
    from aoi_modules.results.pictures.store import PictureStore

Found = TypeVar("Found")
DATABASE = click.option(
    "--database", "url", required=True, metavar="URL", help="postgresql://USER:PASSWORD@HOST/NAME, or a SQLite file."
)
PICTURES = click.option(
    "--pictures",
    "where",
    required=True,
    metavar="PLACE",
    help="A folder, or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT; keys as boto3 finds them.",
)


@click.group()
def command() -> None:
    """Look after the results of the line: inspections in a database, and their pictures.

    \b
    Examples:
      aoi results expire --database results.db --pictures pictures --keep PASS=7 --keep REVIEW=90
      aoi results hold 0196b2d4a0c17c3e9d5a4b6f8e21037f --reason 'complaint 4711' --database results.db
      aoi results release --reason 'complaint 4711' --database results.db
    """


def _retention(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> "Retention":
    """`PASS=7` and its like as one value."""
    import msgspec

    from aoi_modules.results.pictures.retention import Retention

    days = dict(text.partition("=")[::2] for text in given)
    try:
        return msgspec.convert(days, Retention, strict=False)
    except msgspec.ValidationError:
        raise click.BadParameter(
            f"expected PASS, REVIEW or FAIL with days: PASS=7. Received: {', '.join(given)}"
        ) from None


@command.command()
@DATABASE
@PICTURES
@click.option(
    "--keep",
    "retention",
    required=True,
    multiple=True,
    callback=_retention,
    metavar="VERDICT=DAYS",
    help="How long pictures stay; what is not named stays for ever.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for machines.")
def expire(url: str, where: str, retention: "Retention", as_json: bool) -> None:
    """Delete the pictures that are over their age. Their inspections stay, and say when the pictures went.

    What somebody holds stays, whatever its age. A gateway does the same once an hour where its routes say how long.

    \b
    Examples:
      aoi results expire --database results.db --pictures pictures --keep PASS=7 --keep REVIEW=90 --keep FAIL=365
      aoi results expire --database postgresql://aoi@db/results --pictures s3://line3 --keep PASS=7 --json
    """
    import msgspec

    from aoi_modules.results.pictures.expiry import expire

    went = _with_both(url, where, lambda database, pictures: expire(database, pictures, retention))
    click.echo(msgspec.json.encode(went) if as_json else _in_words(went))


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="By which the pictures can be released again.")
@click.option("--who", default=getpass.getuser, show_default="you", help="Who holds them.")
@DATABASE
def hold(ids: tuple[str, ...], reason: str, who: str, url: str) -> None:
    """Hold the pictures of the inspections ID...: they stay whatever their age.

    \b
    Examples:
      aoi results hold 0196b2d4a0c17c3e9d5a4b6f8e21037f --reason 'complaint 4711' --database results.db
    """
    from aoi_modules.results.database.holds import hold

    async def act(database: "Database") -> None:
        async with database.transaction() as connection:
            await hold(connection, ids, reason, who)

    _with_database(url, act)


@command.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--reason", required=True, help="For which they were held; other reasons still count.")
@DATABASE
def release(ids: tuple[str, ...], reason: str, url: str) -> None:
    """Release the pictures of the inspections ID..., or all that were held for a reason.

    \b
    Examples:
      aoi results release --reason 'complaint 4711' --database results.db
    """
    from aoi_modules.results.database.holds import release

    async def act(database: "Database") -> int:
        async with database.transaction() as connection:
            return await release(connection, reason, ids or None)

    click.echo(f"{_with_database(url, act)} released")


def _with_database(url: str, act: "Callable[[Database], Awaitable[Found]]") -> Found:
    """Does something with a database that is there; it gets the tables of this release."""
    from aoi_modules.results.database.connection import Database, parse_url
    from aoi_modules.results.database.migrating import migrate

    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise ResultsError(f"{parsed.database}: there is no such database", hint="name the one that a gateway made")

    async def run() -> Found:
        database = Database(url)
        try:
            await migrate(database)
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())


def _with_both(url: str, where: str, act: "Callable[[Database, PictureStore], Awaitable[Found]]") -> Found:
    """Does something with a database and a store of pictures."""
    from aoi_modules.results.pictures.opening import open_store

    async def run(database: "Database") -> Found:
        pictures = open_store(where)
        try:
            return await act(database, pictures)
        finally:
            await pictures.close()

    return _with_database(url, run)


def _in_words(went: "Expiry") -> str:
    """What went, for people."""
    from aoi_modules.machine import disk

    said = [f"{number} {verdict}" for verdict, number in went.pictures.items()]
    lines = [f"pictures that went: {', '.join(said)}; {disk.size(went.bytes)}"]
    if went.oldest is not None and went.newest is not None:
        lines.append(f"taken from {went.oldest:%Y-%m-%d %H:%M} to {went.newest:%Y-%m-%d %H:%M} UTC")
    if went.spared:
        lines.append(f"{went.spared} more are old enough, and held")
    if went.finished:
        lines.append(f"{went.finished} more were left by an earlier run")
    return "\n".join(lines)
