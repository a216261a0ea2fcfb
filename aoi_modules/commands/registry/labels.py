"""Labels of a registry, and versions that are hidden: `label`, `retire`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.registry import RegistryPlace, registry_options
from aoi_modules.commands.options.signing import key_option, signer_of
from aoi_modules.commands.registry.versions import as_json_option, print_json, who_option

if TYPE_CHECKING:
    from aoi_modules.modelstore.registry.records import Move, Retirement
    from aoi_modules.object_store.interface import Objects

_REASON = click.option("--reason", default="", help="Why, for who reads it later.")


@click.command()
@click.argument("name")
@click.argument("label")
@click.argument("version", required=False)
@click.option("--remove", is_flag=True, help="Take the label away instead.")
@_REASON
@key_option
@who_option
@as_json_option
@registry_options
def label(
    name: str,
    label: str,
    version: str | None,
    remove: bool,
    reason: str,
    key: Path | None,
    who: str,
    as_json: bool,
    registry: RegistryPlace,
) -> None:
    """Let LABEL of the model NAME point to VERSION, a number or another label. Servers that sync follow.

    Each move is kept with who and when. If somebody else moves the label in the same moment, one of you is told.

    \b
    Examples:
      aoi registry label tile canary 4
      aoi registry label tile stable canary --reason 'evidence of 2026-11-30'
      aoi registry label tile canary --remove
      aoi registry label tile stable 4 --key release.pem
    """
    from aoi_modules.modelstore.registry import catalogue, labelling

    if remove == (version is not None):
        raise click.UsageError("expected VERSION, or --remove, and not both")

    signer = signer_of(key)

    def act(objects: "Objects") -> "Move":
        to = None if version is None else catalogue.resolve(objects, name, version)
        return labelling.label(objects, name, label, to, who=who, reason=reason, signer=signer)

    move = registry.act(act)
    if as_json:
        print_json(move)
    else:
        click.echo(f"{name}:{label} " + ("is taken away" if move.version is None else f"is version {move.version}"))


@click.command()
@click.argument("name")
@click.argument("version", type=click.IntRange(min=1))
@_REASON
@key_option
@who_option
@as_json_option
@registry_options
def retire(
    name: str, version: int, reason: str, key: Path | None, who: str, as_json: bool, registry: RegistryPlace
) -> None:
    """Hide VERSION of the model NAME: nothing new takes it. Its files stay for servers that still have it.

    \b
    Examples:
      aoi registry retire tile 2 --reason 'overkill on matt tiles'
    """
    from aoi_modules.modelstore.registry import labelling

    signer = signer_of(key)

    def act(objects: "Objects") -> "Retirement":
        return labelling.retire(objects, name, version, who=who, reason=reason, signer=signer)

    retirement = registry.act(act)
    if as_json:
        print_json(retirement)
    else:
        click.echo(f"{name}:{version} is retired since {retirement.time:%Y-%m-%d %H:%M} UTC, by {retirement.who}")
