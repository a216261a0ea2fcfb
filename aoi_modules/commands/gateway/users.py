"""`aoi gateway user`: people who may sign in."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.database import DatabasePlace, database_options
from aoi_modules.results.people.role import PEOPLE, Role

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database

_NAME = click.argument("name")
_ROLE = click.option("--role", type=click.Choice(PEOPLE), required=True, help="What they may do; see above.")
_PASSWORD = click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="File whose first line is the password; '-' for standard input. Without it you are asked.",
)


@click.group()
def user() -> None:
    """Say who may sign in.

    \b
    Roles, each with what the one before may:
      viewer    looks
      operator  judges parts, and has pictures inspected
      engineer  changes limits, and what the station does
      admin     reads the audit log

    \b
    Examples:
      aoi gateway user add ann --role engineer
      aoi gateway user add bob --role viewer --password-file - < password.txt
      aoi gateway user list
      aoi gateway user role bob operator
      aoi gateway user password ann
      aoi gateway user remove bob
    """


@user.command()
@_NAME
@_ROLE
@_PASSWORD
@database_options
def add(name: str, role: str, password_file: Path | None, place: DatabasePlace) -> None:
    """Add the user NAME. A password has 12 to 200 letters, whichever they are.

    \b
    Examples:
      aoi gateway user add ann --role engineer
    """
    from aoi_modules.results.people.users import add_user

    password = _password(password_file)

    async def act(database: "Database") -> None:
        await add_user(database, name, Role(role), password, by=getpass.getuser())

    place.act(act)
    click.echo(f"{name} may sign in as {role}")


@user.command("list")
@database_options
def list_(place: DatabasePlace) -> None:
    """List users: name, role, since when.

    \b
    Examples:
      aoi gateway user list
    """
    from aoi_modules.results.people.users import list_users

    for one in place.act(list_users):
        click.echo(f"{one.name}\t{one.role}\t{one.time:%Y-%m-%d}")


@user.command()
@_NAME
@database_options
def remove(name: str, place: DatabasePlace) -> None:
    """Remove the user NAME; within a second they are signed out everywhere.

    \b
    Examples:
      aoi gateway user remove bob
    """
    from aoi_modules.results.people.users import remove_user

    place.act(lambda database: remove_user(database, name, by=getpass.getuser()))
    click.echo(f"{name} may sign in no more")


@user.command("role")
@_NAME
@click.argument("role", type=click.Choice(PEOPLE))
@database_options
def change_role(name: str, role: str, place: DatabasePlace) -> None:
    """Give the user NAME another ROLE; it holds within a second.

    \b
    Examples:
      aoi gateway user role bob operator
    """
    from aoi_modules.results.people.users import set_role

    place.act(lambda database: set_role(database, name, Role(role), by=getpass.getuser()))
    click.echo(f"{name} is {role}")


@user.command("password")
@_NAME
@_PASSWORD
@database_options
def change_password(name: str, password_file: Path | None, place: DatabasePlace) -> None:
    """Give the user NAME another password; they have to sign in again everywhere.

    \b
    Examples:
      aoi gateway user password ann
    """
    from aoi_modules.results.people.users import set_password

    new = _password(password_file)
    place.act(lambda database: set_password(database, name, new, by=getpass.getuser()))
    click.echo(f"{name} has another password")


def _password(file: Path | None) -> str:
    """The password, from a file or from whoever sits there; never an argument, which every process could read."""
    from aoi_modules.results.people.passwords import check_rule

    stdin = sys.stdin
    if file is not None:
        try:
            text = stdin.readline() if str(file) == "-" else file.read_text().partition("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise click.BadParameter(f"{file}: {reason}", param_hint="'--password-file'") from None
        return check_rule(text.rstrip("\r\n"))
    if not stdin.isatty():
        raise click.UsageError("no terminal to ask for a password at; --password-file FILE, or - for standard input")
    return check_rule(str(click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)))
