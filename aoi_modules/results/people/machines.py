"""Machines in the database, each with a key that is shown once."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import machines
from aoi_modules.results.people.audit import note
from aoi_modules.results.people.names import check_name
from aoi_modules.results.people.tokens import digest, new_key
from aoi_modules.results.record import now


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that may have pictures inspected."""

    name: str
    time: datetime
    """Since when it has its key."""


async def add_machine(database: Database, name: str, *, by: str) -> str:
    """Adds a machine, and gives its key, of which the database keeps a hash only.

    Raises:
        BadName: the name does not keep to the rule.
        Taken: a machine of this name has a key.
        DatabaseAway: the database does not answer.
    """
    key = new_key()
    values = {"name": check_name(name), "key": digest(key), "time": now()}
    try:
        async with database.transaction() as connection:
            await connection.execute(insert(machines).values(values))
            await note(connection, by, "add key", name)
    except IntegrityError:
        hint = f"aoi gateway key remove {name!r}, or take another name: a machine may have two while its key is changed"
        raise Taken(f"there is a key {name!r} already", hint=hint) from None
    return key


async def remove_machine(database: Database, name: str, *, by: str) -> None:
    """Removes a machine; its key opens nothing any more.

    Raises:
        NoSuchResult: no machine has this name.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        if not (await connection.execute(delete(machines).where(machines.c.name == name))).rowcount:
            raise NoSuchResult(f"there is no key {name!r}", hint="aoi gateway key list")
        await note(connection, by, "remove key", name)


async def list_machines(database: Database) -> list[Machine]:
    """All machines by name.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(machines.c.name, machines.c.time).order_by(machines.c.name)
    async with database.reading() as connection:
        return [Machine(**row) for row in (await connection.execute(question)).mappings()]
