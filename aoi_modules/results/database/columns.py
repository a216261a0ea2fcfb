"""Column types that mean the same in SQLite and in PostgreSQL."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Uuid
from sqlalchemy.types import TypeDecorator


class HexId(TypeDecorator[str]):
    """An id of 32 hexadecimal digits. PostgreSQL keeps it as a UUID of 16 bytes, SQLite as text; both sort alike."""

    impl = Uuid
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """The value for the database."""
        return None if value is None else uuid.UUID(hex=value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The value from the database."""
        return None if value is None else value.hex


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
