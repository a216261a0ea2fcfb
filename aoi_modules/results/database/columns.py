"""Column types and an order that mean the same in SQLite and in PostgreSQL."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CHAR, ColumnElement, DateTime, Dialect, UnaryExpression, Uuid
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import custom_op, nulls_last_op
from sqlalchemy.types import TypeDecorator, TypeEngine

from aoi_modules.results.record import is_id


class HexId(TypeDecorator[str]):
    """An id of 32 hexadecimal digits. PostgreSQL keeps it as a UUID of 16 bytes, SQLite as text; both sort alike."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database calls it."""
        return dialect.type_descriptor(CHAR(32) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """The value for the database."""
        if value is None or dialect.name != "sqlite":
            return None if value is None else uuid.UUID(hex=value)
        if not is_id(value):  # which takes a tenth of the time of a UUID on the way; a row has three ids
            raise ValueError(f"badly formed id: {value[:40]!r}")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The value from the database."""
        return value.hex if isinstance(value, uuid.UUID) else value


class UtcTime(TypeDecorator[datetime]):
    """A moment, always in UTC. SQLite has no time zones, so it keeps the time of day without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The value for the database."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NewestFirst(UnaryExpression[str]):
    """Ids from the newest to the oldest, in an index of a filter and in a question that such an index is to answer.

    For PostgreSQL this is another order than that of the ids' own index, though no id is null. Else it would take that
    one for every value that many rows have, and walk through a million newer rows to those of an old version.
    """

    inherit_cache = True

    def __init__(self, ids: ColumnElement[str]) -> None:
        super().__init__(ids.desc(), modifier=nulls_last_op)


@compiles(NewestFirst, "sqlite")
def _without_nulls(order: NewestFirst, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite knows no such order in an index, and needs none."""
    return compiler.process(order.element, **options)


class Likely(UnaryExpression[bool]):
    """A condition that most rows fulfil.

    SQLite keeps no figures of its rows. Of two bounds it expects so little that one index looks as good as another.
    """

    inherit_cache = True

    def __init__(self, condition: ColumnElement[bool]) -> None:
        super().__init__(condition, operator=custom_op("likely"), type_=condition.type)


@compiles(Likely)
def _as_it_is(likely: Likely, compiler: SQLCompiler, **options: Any) -> str:
    """Others have figures."""
    return compiler.process(likely.element, **options)


@compiles(Likely, "sqlite")
def _told(likely: Likely, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite's own word for it."""
    return f"likely({compiler.process(likely.element, **options)})"
