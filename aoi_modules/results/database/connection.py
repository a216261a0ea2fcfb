"""Which database it is, and how one talks to it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from aoi_modules.errors import DatabaseAway, MissingExtra, ResultsError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",  # reading does not wait for writing
    "PRAGMA synchronous=FULL",  # a commit is on disk: only then the spool lets go
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-16000",
)
CONNECT_SECONDS = 3.0
COMMAND_SECONDS = 30.0


class Database:
    """One database, by its URL. Made inside the running event loop.

    Args:
        url: `postgresql://USER:PASSWORD@HOST/NAME`, `sqlite:///PATH`, or the path of a SQLite file.

    Raises:
        ResultsError: it is none of these.
        MissingExtra: the driver is not installed.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = parse_url(url)
        self.name = self.url.render_as_string(hide_password=True)
        arguments: dict[str, Any] = {
            "json_serializer": lambda value: orjson.dumps(value).decode(),
            "json_deserializer": orjson.loads,
        }
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        else:
            arguments |= {
                "pool_pre_ping": True,
                "connect_args": {"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS},
            }
        try:
            self._engine = create_async_engine(self.url, **arguments)
        except ModuleNotFoundError as error:
            raise MissingExtra("PostgreSQL", package=error.name or "asyncpg", extra="station") from None
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _set_up_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end of the block, rolled back where the block fails.

        Raises:
            DatabaseAway: the database does not answer.
        """
        with self.noticing():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that changes nothing.

        Raises:
            DatabaseAway: the database does not answer.
        """
        with self.noticing():
            async with self._engine.connect() as connection:
                yield connection

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Turns what drivers say of a database that is away into one error; all else passes."""
        try:
            yield
        except (OSError, TimeoutError, OperationalError, InterfaceError) as error:
            raise self._away(error) from None
        except DBAPIError as error:
            if not error.connection_invalidated and not _is_about_the_server(error):
                raise
            raise self._away(error) from None

    async def close(self) -> None:
        """Ends all connections."""
        await self._engine.dispose()

    def _away(self, error: Exception) -> DatabaseAway:
        cause = getattr(error, "orig", None) or error
        text = str(cause).partition("\n")[0] or type(cause).__name__
        return DatabaseAway(f"the database {self.name} does not answer: {text}")


def parse_url(url: str | Path) -> URL:
    """Reads where a database is; the driver is ours to choose.

    Raises:
        ResultsError: it is no SQLite file and no PostgreSQL.
    """
    text = str(url)
    if "://" not in text:
        return URL.create(_DRIVERS["sqlite"], database=str(Path(text).absolute()))
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError):
        parsed = None
    kind = parsed.drivername.partition("+")[0] if parsed is not None else ""
    if parsed is None or kind not in _DRIVERS or not parsed.database:
        raise ResultsError(
            f"database: expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME. Received: {_hidden(text)!r}"
        )
    return parsed.set(drivername=_DRIVERS[kind])


def _hidden(text: str) -> str:
    """A URL that cannot be read, without what may be a password."""
    scheme, _, rest = text.partition("://")
    return f"{scheme}://...@{rest.rpartition('@')[2]}" if "@" in rest else text


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for setting in _SQLITE_SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _is_about_the_server(error: DBAPIError) -> bool:
    """Whether PostgreSQL says that it stops, starts, has no connections or no room: classes 08, 53, 57 and 58."""
    state = str(getattr(error.orig, "sqlstate", "") or getattr(error.orig, "pgcode", "") or "")
    return state[:2] in ("08", "53", "57", "58")
