"""Which gateways write to a database, and up to when everything that each of them accepted is stored there."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, select, text, update

from aoi_modules.errors import NoSuchResult
from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.tables import gateways

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


async def clock(database: Database) -> datetime:
    """The database's own time, in UTC: one clock for all gateways.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = "strftime('%Y-%m-%dT%H:%M:%f', 'now')" if database.is_sqlite else "clock_timestamp()"
    async with database.reading() as connection:
        found = (await connection.execute(text(f"SELECT {question}"))).scalar_one()
    moment = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


async def note(database: Database, gateway: str, stored_until: datetime, *, left: bool = False) -> None:
    """Notes up to when everything of a gateway is stored; `left`: it stops, and its spool is empty.

    Raises:
        DatabaseAway: the database does not answer.
    """
    values = {"stored_until": stored_until, "left": left}
    await _write(database, {"gateway": gateway, **values}, values)


async def be_seen(database: Database, gateway: str) -> None:
    """Notes that a gateway is there, however far it is.

    Raises:
        DatabaseAway: the database does not answer.
    """
    moment = await clock(database)
    async with database.transaction() as connection:
        await connection.execute(update(gateways).where(gateways.c.gateway == gateway).values(seen=moment))


async def enter(database: Database, gateway: str) -> None:
    """Makes a gateway known that starts; what it has in its spool from before is not stored.

    Raises:
        DatabaseAway: the database does not answer.
    """
    await _write(database, {"gateway": gateway, "stored_until": _NEVER, "left": False}, {"left": False})


async def _write(database: Database, row: Mapping[str, object], changes: Mapping[str, object]) -> None:
    """Writes the row of a gateway; of one that is there already, only what changes."""
    async with database.transaction() as connection:
        insert = INSERT[connection.dialect.name](gateways).values(**row)
        await connection.execute(insert.on_conflict_do_update(index_elements=["gateway"], set_=changes))


async def others(database: Database, gateway: str) -> dict[str, datetime]:
    """The other gateways that have not left, and up to when everything of each is stored.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(gateways.c.gateway, gateways.c.stored_until).where(
        gateways.c.gateway != gateway, gateways.c.left.is_(False)
    )
    async with database.reading() as connection:
        return {row.gateway: row.stored_until for row in await connection.execute(question)}


async def seen_last(database: Database) -> dict[str, datetime]:
    """When each gateway was there last, those that left, too.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.reading() as connection:
        rows = await connection.execute(select(gateways))
        return {row.gateway: max(row.stored_until, row.seen or _NEVER) for row in rows}


async def forget(database: Database, gateway: str) -> None:
    """Forgets a gateway that will never come back: nobody waits for its spool, and others send its letters.

    Raises:
        NoSuchResult: there is none of that name.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        found = await connection.execute(delete(gateways).where(gateways.c.gateway == gateway))
        if not found.rowcount:
            raise NoSuchResult(f"no gateway {gateway!r} writes to this database")
