"""Versions of a registry: `push`, `list`, `show`, `pull`, `sweep`."""

import getpass
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.registry import RegistryPlace, registry_options
from aoi_modules.commands.options.signing import key_option, public_key_option, signer_of, trust_of
from aoi_modules.commands.output import console
from aoi_modules.errors import RegistryError

if TYPE_CHECKING:
    from aoi_modules.modelstore.registry.records import Move, Version
    from aoi_modules.object_store.interface import Objects

FOLDER = click.Path(path_type=Path)
_LOCK_SECONDS = 60.0
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def you() -> str:
    """The name of who runs this; in a container there may be none, and then the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody of that number is known here, which is no fault
        return f"user {os.getuid()}"


who_option = click.option("--who", default=you, show_default="you", help="Who does it; is kept.")


def split(model: str) -> tuple[str, str]:
    """Reads `NAME:VERSION`, `NAME:LABEL` or `NAME`, whose second part is empty."""
    name, _, wanted = model.partition(":")
    return name, wanted


def print_json(value: Any) -> None:
    """Prints a value as JSON."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@key_option
@who_option
@as_json_option
@registry_options
def push(folder: Path, key: Path | None, who: str, as_json: bool, registry: RegistryPlace) -> None:
    """Put the version directory DIR into the registry, for good.

    Its files are compared with their checksums and uploaded; then one conditional write makes it visible and claims its
    number. That is its own one, if it is greater than all in the registry, else the next one, also inside of its
    manifest. A push that was killed leaves nothing that anybody sees.

    \b
    Examples:
      aoi registry push models/tile/3
      aoi registry push models/tile/3 --registry /mnt/models --json
      aoi registry push models/tile/3 --key release.pem
    """
    from aoi_modules.modelstore.registry import pushing, sweeping

    signer = signer_of(key)

    def act(objects: "Objects") -> "Version":
        pushed = pushing.push(objects, folder, who=who, signer=signer)
        try:
            problems = sweeping.sweep(objects).problems
        except RegistryError as error:
            problems = (error.message,)
        for problem in problems:
            click.echo(f"what others left could not be swept: {problem}", err=True)
        return pushed

    pushed = registry.act(act)
    if as_json:
        print_json(pushed)
    else:
        click.echo(f"{pushed.name}:{pushed.version}")


@click.command("list")
@click.argument("name", required=False, default="")
@as_json_option
@registry_options
def list_(name: str, as_json: bool, registry: RegistryPlace) -> None:
    """List versions, of all models or of the model NAME: since when, labels, and whether they are retired.

    \b
    Examples:
      aoi registry list
      aoi registry list tile --json
    """
    from aoi_modules.modelstore.registry import catalogue

    unread: list[RegistryError] = []

    def act(objects: "Objects") -> list[dict[str, Any]]:
        found = [catalogue.model(objects, name)] if name else catalogue.models(objects)
        pointing, problems = catalogue.readable_labels(objects, found)
        unread.extend(problems)
        return [
            {
                "model": one.name,
                "version": number,
                "since": time,
                "labels": sorted(label for label, to in pointing[one.name].items() if to == number),
                "retired": number in one.retired,
            }
            for one in found
            for number, time in one.versions.items()
        ]

    rows = registry.act(act)
    if as_json:
        print_json(rows)
    else:
        _print_rows(rows)
    _require_all(unread)


@click.command()
@click.argument("model", metavar="MODEL")
@as_json_option
@registry_options
def show(model: str, as_json: bool, registry: RegistryPlace) -> None:
    """Say all about one version: who pushed it and when, its files, heads and thresholds; and how its labels moved.

    \b
    Examples:
      aoi registry show tile
      aoi registry show tile:stable
      aoi registry show tile:3 --json
    """
    from aoi_modules.modelstore import layout
    from aoi_modules.modelstore.manifest import Manifest
    from aoi_modules.modelstore.registry import catalogue, labelling, reading

    unread: list[RegistryError] = []

    def act(objects: "Objects") -> dict[str, Any]:
        name, wanted = split(model)
        version = catalogue.version(objects, name, catalogue.resolve(objects, name, wanted))
        listed = catalogue.model(objects, name)
        moves = []
        for label in sorted(listed.labels):
            known, problems = labelling.history(objects, name, label)
            moves += known
            unread.extend(problems)
        content = reading.content(objects, version, layout.MANIFEST_FILE)
        return {
            "version": version,
            "retired": catalogue.retirement(objects, name, version.version),
            "manifest": Manifest.from_json(content, f"{objects.name}: {model}"),
            "moves": moves,
        }

    found = registry.act(act)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_in_words(found)))
    _require_all(unread)


@click.command()
@click.argument("model", metavar="MODEL")
@click.option(
    "--base-path", type=FOLDER, required=True, help="Folder of the models; the version goes to NAME/VERSION below it."
)
@public_key_option
@registry_options
def pull(model: str, base_path: Path, public_keys: tuple[Path, ...], registry: RegistryPlace) -> None:
    """Bring a version to a folder from which it can be served, and print where it is.

    NAME alone means the newest version that is not retired. Every file is compared with its checksum before the folder
    gets its name; what an earlier try brought is not asked for again.

    \b
    Examples:
      aoi registry pull tile --base-path models
      aoi registry pull tile:stable --base-path /srv/models --public-key release.pem.pub
    """
    from aoi_modules.errors import StoreError
    from aoi_modules.lock import alone
    from aoi_modules.modelstore.registry import catalogue, pulling

    trust = trust_of(public_keys)

    def act(objects: "Objects") -> Path:
        name, wanted = split(model)
        version = catalogue.version(objects, name, catalogue.resolve(objects, name, wanted, trust), trust)
        taken = StoreError(f"{base_path}: another aoi registry fills it", hint="wait for its end")
        with alone(base_path / pulling.LOCK, _LOCK_SECONDS, taken):
            return pulling.pull(objects, version, base_path)

    click.echo(str(registry.act(act)))


@click.command()
@click.option(
    "--older-than", "hours", type=click.FloatRange(min=0), default=24.0, show_default=True, metavar="HOURS",
    help="Uploads that were begun later are left; they may be under way.",
)  # fmt: skip
@click.option(
    "--retired-older-than", "days", type=click.FloatRange(min=0), metavar="DAYS",
    help="Delete the files of versions, too, that were retired at least so long ago.  [default: they stay]",
)  # fmt: skip
@click.option("--dry-run", "dry", is_flag=True, help="Say what would go, and delete nothing.")
@registry_options
def sweep(hours: float, days: float | None, dry: bool, registry: RegistryPlace) -> None:
    """Delete what pushes left that were killed or cut off. Each push does so by itself.

    With --retired-older-than the files of retired versions go, too, unless a label names them. What is known about such
    a version stays, and its number; who pulls it is told that its files were swept. Ages count by the registry's clock.

    \b
    Examples:
      aoi registry sweep
      aoi registry sweep --older-than 1
      aoi registry sweep --retired-older-than 90 --dry-run
    """
    from aoi_modules.machine import disk
    from aoi_modules.modelstore.registry.sweeping import sweep

    kept = None if days is None else timedelta(days=days)
    done = registry.act(lambda objects: sweep(objects, timedelta(hours=hours), retired_age=kept, dry=dry))
    verb = "would go" if dry else "went"
    for one in done.gone:
        click.echo(f"{verb}: {one.what}: {one.files} files, {disk.size(one.size)}")
    if not done.gone:
        click.echo("nothing is left that could go")
    if done.problems:
        raise RegistryError("; ".join(done.problems))


def _require_all(unread: Sequence[RegistryError]) -> None:
    """Ends with 1 where something could not be read, after all else was said."""
    if unread:
        raise RegistryError("; ".join(one.message for one in unread), hint=unread[0].hint)


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("model", "version", "since (UTC)", "labels", box=None, pad_edge=False)
    for row in rows:
        labels = ", ".join([*row["labels"], *(["retired"] if row["retired"] else [])])
        table.add_row(row["model"], str(row["version"]), f"{row['since']:%Y-%m-%d %H:%M}", labels)
    console().print(table)


def _in_words(found: dict[str, Any]) -> list[str]:
    """All about a version, for people."""
    from aoi_modules.machine import disk

    version, manifest = found["version"], found["manifest"]
    lines = [
        f"{version.name}:{version.version}",
        f"  pushed {version.time:%Y-%m-%d %H:%M} UTC by {version.who}",
        f"  {len(version.files)} files, {disk.size(version.size)}",
    ]
    for head in manifest.heads:
        threshold = f", threshold {head.threshold:g}" if head.threshold is not None else ""
        lines.append(f"  head {head.name}: {head.kind}, {', '.join(head.labels) or 'no labels'}{threshold}")
    if (retired := found["retired"]) is not None:
        lines.append(f"  retired {retired.time:%Y-%m-%d %H:%M} UTC by {retired.who}{_why(retired.reason)}")
    return [*lines, *(f"  {_said(move)}" for move in found["moves"])]


def _said(move: "Move") -> str:
    to = "nothing" if move.version is None else f"version {move.version}"
    return f"label {move.label} to {to}, {move.time:%Y-%m-%d %H:%M} UTC by {move.who}{_why(move.reason)}"


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
