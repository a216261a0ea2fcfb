"""`aoi results`: what the line found, as it is kept: what stays, what goes, and copies of all of it."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from aoi_modules.results.backup.saving import Saved
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.database.reading import Filter
    from aoi_modules.results.datasets.writing import DataSet
    from aoi_modules.results.pictures.expiry import Expiry
    from aoi_modules.results.pictures.retention import Retention
    from aoi_modules.results.pictures.store import PictureStore

Found = TypeVar("Found")
FILE = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Look after the results of the line: inspections in a database, and their pictures.

    \b
    Examples:
      aoi results backup results-2026-11-30.tar
      aoi results restore results-2026-11-30.tar --results elsewhere
      aoi results export today.csv --where since=2026-11-30T00:00:00Z --where verdict=FAIL
      aoi results expire --keep PASS=7 --keep REVIEW=90
      aoi results hold 0196b2d4a0c17c3e9d5a4b6f8e21037f --reason 'complaint 4711'
      aoi results release --reason 'complaint 4711'
      aoi results dataset tile --out build/tile-judged
    """


def _filter(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> "Filter":
    """`verdict=FAIL` and its like as one value."""
    from aoi_modules.errors import BadParameter
    from aoi_modules.results.database.reading import filter_of

    named = dict(text.partition("=")[::2] for text in given)
    if len(named) < len(given):
        raise click.BadParameter(f"expected each name once. Received: {', '.join(given)}")
    try:
        return filter_of(named)
    except BadParameter as error:
        raise click.BadParameter(error.message) from None


@command.command()
@click.argument("out", type=FILE, metavar="FILE")
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

    saved = _with_both(places, act)
    click.echo(f"{out}: {_contents(saved)}")


@command.command()
@click.argument("path", type=FILE, metavar="FILE")
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


def _retention(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> "Retention":
    """`PASS=7` and its like as one value."""
    import msgspec

    from aoi_modules.results.pictures.retention import Retention

    days = dict(text.partition("=")[::2] for text in given)
    try:
        return msgspec.convert(days, Retention, strict=False)
    except msgspec.ValidationError:
        raise click.BadParameter(
            f"expected PASS, REVIEW, FAIL or unjudged with days: PASS=7. Received: {', '.join(given)}"
        ) from None


@command.command()
@click.argument("component")
@click.option("--out", type=FILE, required=True, help="Folder for it, which is not there yet.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for machines.")
@place_options
def dataset(component: str, out: Path, as_json: bool, places: Places) -> None:
    """Write the judged pictures of COMPONENT as a data set that `aoi train folder` reads.

    A fifth of the units is held out for testing, the same ones in every data set of these results. OUT/parts.csv has a
    row for each picture, and OUT/dataset.json says what the set is.

    \b
    Examples:
      aoi results dataset tile --out build/tile-judged
      aoi train folder build/tile-judged/parts.csv --target-escape 0.02 --out build/tile
    """
    import msgspec

    from aoi_modules.progress import progress
    from aoi_modules.results.datasets.writing import DataSet, write_dataset

    async def act(database: "Database", store: "PictureStore") -> DataSet:
        with progress("pictures", 0, unit="pictures") as advance:
            return await write_dataset(database, store, component, out, advance)

    about = _with_both(places, act)
    click.echo(msgspec.json.encode(about) if as_json else _in_lines(out, about))


@command.command()
@click.option(
    "--keep",
    "retention",
    required=True,
    multiple=True,
    callback=_retention,
    metavar="KIND=DAYS",
    help="How long pictures stay; what is not named stays for ever. `unjudged`: how long parts wait for a person (30).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for machines.")
@place_options
def expire(retention: "Retention", as_json: bool, places: Places) -> None:
    """Delete the pictures that are over their age. Their inspections stay, and say when the pictures went.

    What somebody holds, waits for a person or was judged stays, whatever its age.

    \b
    Examples:
      aoi results expire --keep PASS=7 --keep REVIEW=90 --keep FAIL=365
      aoi results expire --database postgresql://aoi@db/results --pictures s3://line3 --keep PASS=7 --json
    """
    import msgspec

    from aoi_modules.results.pictures.expiry import expire

    went = _with_both(places, lambda database, store: expire(database, store, retention))
    click.echo(msgspec.json.encode(went) if as_json else _in_words(went))


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="By which the pictures can be released again.")
@click.option("--who", default=getpass.getuser, show_default="you", help="Who holds them.")
@place_options
def hold(ids: tuple[str, ...], reason: str, who: str, places: Places) -> None:
    """Hold the pictures of the inspections ID...: they stay whatever their age.

    \b
    Examples:
      aoi results hold 0196b2d4a0c17c3e9d5a4b6f8e21037f --reason 'complaint 4711'
    """
    from aoi_modules.results.database.holds import hold

    async def act(database: "Database") -> None:
        async with database.transaction() as connection:
            await hold(connection, ids, reason, who)

    _with_database(places, act)


@command.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--reason", required=True, help="For which they were held; other reasons still count.")
@place_options
def release(ids: tuple[str, ...], reason: str, places: Places) -> None:
    """Release the pictures of the inspections ID..., or all that were held for a reason.

    \b
    Examples:
      aoi results release --reason 'complaint 4711'
      aoi results dataset tile --out build/tile-judged
    """
    from aoi_modules.results.database.holds import release

    async def act(database: "Database") -> int:
        async with database.transaction() as connection:
            return await release(connection, reason, ids or None)

    click.echo(f"{_with_database(places, act)} released")


@command.command()
@click.argument("out", type=FILE, metavar="FILE")
@click.option("--where", "wanted", multiple=True, callback=_filter, metavar="NAME=VALUE", help="Which inspections.")
@place_options
def export(out: Path, wanted: "Filter", places: Places) -> None:
    """Write inspections to FILE, a table: NAME.csv or NAME.parquet. Each head of an inspection has a row.

    Names are those of GET /v1/inspections: component, verdict, unit, position, product, lot, station, model, version,
    role, picture_sha256, since, until.

    \b
    Examples:
      aoi results export all.parquet
      aoi results export today.csv --where since=2026-11-30T00:00:00Z --where verdict=FAIL --where component=tile
    """
    from aoi_modules.machine import disk
    from aoi_modules.results.tabling import write_table

    try:
        count = _with_database(places, lambda database: write_table(database, wanted, out))
    except OSError as error:
        raise ResultsError(disk.trouble(error, out, "cannot be written"), hint=disk.way_out(error)) from None
    click.echo(f"{out}: {count} inspections")


@command.command()
@click.argument("sink")
@place_options
def resend(sink: str, places: Places) -> None:
    """Send what SINK refused once more: after whatever was wrong there is mended.

    The gateway sends it as soon as it runs.

    \b
    Examples:
      aoi results resend quality
    """
    from aoi_modules.results.home import ASIDE
    from aoi_modules.results.sinks.set_aside import send_again

    count = _with_database(places, lambda database: send_again(places.folder / ASIDE, sink, database))
    click.echo(f"{count} messages are in the outbox again")


@command.command()
@click.argument("gateway")
@place_options
def forget(gateway: str, places: Places) -> None:
    """Forget a GATEWAY that never comes back: units wait for its pictures no more.

    Its name stands in the file `name` in its folder of results, and in the reason of each unit that waits for it.

    \b
    Examples:
      aoi results forget line3-5f2a1c --database postgresql://aoi@db/results
    """
    from aoi_modules.results.database import presence

    _with_database(places, lambda database: presence.forget(database, gateway))


def _with_database(places: Places, act: "Callable[[Database], Awaitable[Found]]") -> Found:
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


def _with_both(places: Places, act: "Callable[[Database, PictureStore], Awaitable[Found]]") -> Found:
    """Does something with a database and a store of pictures."""
    from aoi_modules.results.pictures.opening import open_store

    async def run(database: "Database") -> Found:
        store = open_store(places.store)
        try:
            return await act(database, store)
        finally:
            await store.close()

    return _with_database(places, run)


def _contents(saved: "Saved") -> str:
    """What is in a backup, for people."""
    from aoi_modules.machine import disk

    pictures = f"{saved.pictures} pictures" if saved.about.pictures else "no pictures"
    return f"the database of {saved.about.time:%Y-%m-%d %H:%M} UTC and {pictures}, {disk.size(saved.size)}"


def _in_lines(out: Path, about: "DataSet") -> str:
    """What a data set has, for people."""
    lines = [
        f"{label}: {', '.join(f'{n} {part}' for part, n in parts.items())}" for label, parts in about.parts.items()
    ]
    if about.left_out:
        lines.append(f"{len(about.left_out)} judged parts have no picture any more; {out}/dataset.json names them")
    return "\n".join([*lines, f"next: aoi train folder {out}/parts.csv --out MODEL"])


def _in_words(went: "Expiry") -> str:
    """What went, for people."""
    from aoi_modules.machine import disk

    said = [f"{number} {verdict}" for verdict, number in went.pictures.items()]
    lines = [f"pictures that went: {', '.join(said)}; {disk.size(went.bytes)}"]
    if went.oldest is not None and went.newest is not None:
        lines.append(f"taken from {went.oldest:%Y-%m-%d %H:%M} to {went.newest:%Y-%m-%d %H:%M} UTC")
    if went.spared:
        lines.append(f"{went.spared} more are old enough, and held")
    if went.unjudged:
        lines.append(f"{went.unjudged} parts waited too long for a person, and wait no more")
    if went.finished:
        lines.append(f"{went.finished} more were left by an earlier run")
    return "\n".join(lines)
