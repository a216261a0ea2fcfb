"""How long pictures stay: `expire`, `hold`, `release`."""

import getpass
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.places import Places, place_options

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.pictures.expiry import Expiry
    from aoi_modules.results.pictures.retention import Retention


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


@click.command()
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

    went = places.act_with_pictures(lambda database, store: expire(database, store, retention))
    click.echo(msgspec.json.encode(went) if as_json else _in_words(went))


@click.command()
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
    from aoi_modules.results.people.audit import note

    async def act(database: "Database") -> None:
        async with database.transaction() as connection:
            await hold(connection, ids, reason, who)
            await note(connection, who, "hold pictures", ", ".join(ids), reason)

    places.act(act)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--reason", required=True, help="For which they were held; other reasons still count.")
@click.option("--who", default=getpass.getuser, show_default="you", help="Who releases them.")
@place_options
def release(ids: tuple[str, ...], reason: str, who: str, places: Places) -> None:
    """Release the pictures of the inspections ID..., or all that were held for a reason.

    \b
    Examples:
      aoi results release --reason 'complaint 4711'
      aoi results dataset tile --out build/tile-judged
    """
    from aoi_modules.results.database.holds import release
    from aoi_modules.results.people.audit import note

    async def act(database: "Database") -> int:
        async with database.transaction() as connection:
            await note(connection, who, "release pictures", ", ".join(ids) or "all that were held", reason)
            return await release(connection, reason, ids or None)

    click.echo(f"{places.act(act)} released")


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
