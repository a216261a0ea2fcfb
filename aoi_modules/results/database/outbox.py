"""The outbox: what a sink has to be told and has not taken yet. It is written with the rows that it tells of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.portions import insert_all
from aoi_modules.results.database.tables import outbox


@dataclass(frozen=True)
class Letter:
    """A message for a sink.

    Args:
        sink: its name.
        gateway: that sends it.
        about: id of the row that it tells of, by which the receiver knows a message that came twice.
        message: JSON.
    """

    sink: str
    gateway: str
    about: str
    message: str


async def put(connection: AsyncConnection, letters: Sequence[Letter]) -> None:
    """Puts letters into the outbox."""
    if letters:
        rows = [
            {"sink": letter.sink, "gateway": letter.gateway, "about": letter.about, "message": letter.message}
            for letter in letters
        ]
        await insert_all(connection, outbox, rows)


async def oldest(database: Database, gateway: str, sink: str, count: int) -> list[tuple[int, Letter]]:
    """The oldest letters that a gateway has for a sink, each with its number.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = (
        select(outbox).where(outbox.c.gateway == gateway, outbox.c.sink == sink).order_by(outbox.c.number).limit(count)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(question)).all()
    return [(row.number, Letter(row.sink, row.gateway, row.about, row.message)) for row in rows]


async def taken(database: Database, numbers: Sequence[int]) -> None:
    """Forgets letters that their sink has taken.

    Raises:
        DatabaseAway: the database does not answer; the letters will be sent again.
    """
    async with database.transaction() as connection:
        await connection.execute(delete(outbox).where(outbox.c.number.in_(numbers)))


async def waiting(database: Database, gateway: str, sink: str) -> int:
    """How many letters a gateway has for a sink.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(func.count()).select_from(outbox).where(outbox.c.gateway == gateway, outbox.c.sink == sink)
    async with database.reading() as connection:
        return (await connection.execute(question)).scalar_one()


async def by_sink(database: Database, gateway: str) -> dict[str, int]:
    """How many letters a gateway has for each sink that it has any for.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = (
        select(outbox.c.sink, func.count().label("letters")).where(outbox.c.gateway == gateway).group_by(outbox.c.sink)
    )
    async with database.reading() as connection:
        return {row.sink: row.letters for row in await connection.execute(question)}


async def senders(database: Database) -> list[str]:
    """The gateways that have letters; each is found by the index, however many letters there are.

    Raises:
        DatabaseAway: the database does not answer.
    """
    found: list[str] = []
    async with database.reading() as connection:
        while True:
            next_one = select(func.min(outbox.c.gateway)).where(outbox.c.gateway > (found[-1] if found else ""))
            name = (await connection.execute(next_one)).scalar_one()
            if name is None:
                return found
            found.append(name)


async def take_over(database: Database, gateway: str, left: str, sinks: Collection[str], count: int) -> int:
    """Makes letters of another gateway those of this one, oldest first; of two that want the same, one gets them.

    Args:
        database: of the letters.
        gateway: that sends them from now on.
        left: whose they were.
        sinks: only letters for these.
        count: of letters at most, so that nobody waits long for the database.

    Returns:
        How many it got.

    Raises:
        DatabaseAway: the database does not answer.
    """
    its = (outbox.c.gateway == left) & outbox.c.sink.in_(sinks)
    numbers = select(outbox.c.number).where(its).order_by(outbox.c.number).limit(count)
    change = update(outbox).where(its, outbox.c.number.in_(numbers)).values(gateway=gateway)
    async with database.transaction() as connection:
        return (await connection.execute(change)).rowcount
