"""Users in the database: added, changed and removed at the command line, each change with its line in the audit log."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import sessions, users
from aoi_modules.results.people.audit import note
from aoi_modules.results.people.names import check_name
from aoi_modules.results.people.passwords import check_rule, hashed
from aoi_modules.results.people.role import Role, kept_role
from aoi_modules.results.record import now


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in."""

    name: str
    role: Role
    time: datetime
    """Since when they are there."""


async def add_user(database: Database, name: str, role: Role, password: str, *, by: str) -> User:
    """Adds a user.

    Args:
        database: of the results.
        name: of the user.
        role: one of people.
        password: in clear text; its hash is kept.
        by: who adds them.

    Raises:
        BadName, BadPassword: they do not keep to the rules.
        Taken: somebody has the name already, in large or small letters.
        MissingExtra: argon2-cffi is not installed.
        DatabaseAway: the database does not answer.
    """
    user = User(name=check_name(name), role=role, time=now())
    kept = hashed(check_rule(password))
    try:
        async with database.transaction() as connection:
            await _refuse_twin(connection, name)
            await connection.execute(insert(users).values(**msgspec.structs.asdict(user), password=kept))
            await note(connection, by, "add user", name, f"role {role}")
    except IntegrityError:
        raise _taken(name) from None
    return user


async def set_role(database: Database, name: str, role: Role, *, by: str) -> None:
    """Gives a user another role.

    Raises:
        NoSuchResult: nobody has this name.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        await _change(connection, name, role=role)
        await note(connection, by, "change role", name, f"role {role}")


async def set_password(database: Database, name: str, password: str, *, by: str) -> None:
    """Gives a user another password; they have to sign in again everywhere.

    Raises:
        BadPassword: it does not keep to the rule.
        NoSuchResult: nobody has this name.
        MissingExtra: argon2-cffi is not installed.
        DatabaseAway: the database does not answer.
    """
    kept = hashed(check_rule(password))
    async with database.transaction() as connection:
        await _change(connection, name, password=kept)
        await connection.execute(delete(sessions).where(sessions.c.name == name))
        await note(connection, by, "change password", name)


async def remove_user(database: Database, name: str, *, by: str) -> None:
    """Removes a user, and ends their sessions. What they did stays, in their name.

    Raises:
        NoSuchResult: nobody has this name.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        if not (await connection.execute(delete(users).where(users.c.name == name))).rowcount:
            raise _unknown(name)
        await connection.execute(delete(sessions).where(sessions.c.name == name))
        await note(connection, by, "remove user", name)


async def list_users(database: Database) -> list[User]:
    """All users by name.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(users.c.name, users.c.role, users.c.time).order_by(users.c.name)
    async with database.reading() as connection:
        rows = await connection.execute(question)
        return [User(name=name, role=kept_role(role), time=time) for name, role, time in rows]


async def password_of(database: Database, name: str) -> str | None:
    """The hash of a user's password; None for a name that nobody has.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.reading() as connection:
        return (await connection.execute(select(users.c.password).where(users.c.name == name))).scalar()


async def _change(connection: AsyncConnection, name: str, **values: object) -> None:
    if not (await connection.execute(update(users).where(users.c.name == name).values(**values))).rowcount:
        raise _unknown(name)


async def _refuse_twin(connection: AsyncConnection, name: str) -> None:
    """Two names that differ in large and small letters alone would be taken for each other in every log."""
    for known in (await connection.execute(select(users.c.name))).scalars():
        if known.casefold() == name.casefold():
            raise _taken(known)


def _taken(name: str) -> Taken:
    return Taken(f"there is a user {name!r} already", hint=f"aoi gateway user password {name!r}, or user role")


def _unknown(name: str) -> NoSuchResult:
    return NoSuchResult(f"there is no user {name!r}", hint="aoi gateway user list")
