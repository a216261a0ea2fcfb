"""Many values in statements that a database takes, and in few of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.results.database.rows import Row

AT_ONCE = 200
"""Values of a question."""
_MOST_VALUES = 999
"""Of a statement: SQLite of old took no more."""


def portions(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """Gives each value once, some at a time; in order, so that two who lock rows cannot lock each other."""
    every = sorted(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


async def insert_all(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows, each with the same columns.

    SQLite gets many with each statement. Its driver lets go of Python's lock and takes it again with each of them, so
    that row by row the event loop would stop and start again as often.

    Args:
        connection: of a transaction.
        table: where to.
        rows: by the names of the columns, in the same order.

    Raises:
        StatementError: a value is none for its column, or the database refuses one.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(insert(table), rows)
        return
    at_once = _MOST_VALUES // len(rows[0])
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        statement = _statement(table, tuple(some[0]), len(some))
        await connection.exec_driver_sql(statement, _bound(connection.dialect, table, some))


@lru_cache(maxsize=64)
def _statement(table: Table, columns: tuple[str, ...], count: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([row] * count)}'


def _bound(dialect: Dialect, table: Table, rows: Sequence[Row]) -> tuple[Any, ...]:
    """The values of rows behind each other, as the driver takes them."""
    ways = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in rows[0]]
    try:
        return tuple(
            value if way is None else way(value) for row in rows for way, value in zip(ways, row.values(), strict=True)
        )
    except (TypeError, ValueError) as error:  # as SQLAlchemy tells it where it binds them itself
        raise StatementError(str(error), table.name, None, error) from error
