"""`aoi gateway key`: machines that may have pictures inspected."""

import getpass

import click

from aoi_modules.commands.options.database import DatabasePlace, database_options

_NAME = click.argument("name")


@click.group()
def key() -> None:
    """Say which machines may have pictures inspected.

    A machine sends its key with each request, `Authorization: Bearer KEY`, by gRPC as metadata `authorization`; ours
    read it from AOI_GATEWAY_KEY or a file (`--key-file`).

    \b
    Examples:
      aoi gateway key add camera-3
      aoi gateway key list
      aoi gateway key remove camera-3
    """


@key.command()
@_NAME
@database_options
def add(name: str, place: DatabasePlace) -> None:
    """Add the machine NAME and print its key, which nobody can read later.

    \b
    Examples:
      aoi gateway key add camera-3 > camera-3.key
    """
    from aoi_modules.results.people.machines import add_machine

    click.echo(place.act(lambda database: add_machine(database, name, by=getpass.getuser())))
    click.echo(f"this is the key of {name}; nobody can read it later", err=True)


@key.command("list")
@database_options
def list_(place: DatabasePlace) -> None:
    """List machines: name, since when.

    \b
    Examples:
      aoi gateway key list
    """
    from aoi_modules.results.people.machines import list_machines

    for one in place.act(list_machines):
        click.echo(f"{one.name}\t{one.time:%Y-%m-%d}")


@key.command()
@_NAME
@database_options
def remove(name: str, place: DatabasePlace) -> None:
    """Remove the machine NAME; within a second its key opens nothing.

    \b
    Examples:
      aoi gateway key remove camera-3
    """
    from aoi_modules.results.people.machines import remove_machine

    place.act(lambda database: remove_machine(database, name, by=getpass.getuser()))
    click.echo(f"{name} has no key any more")
