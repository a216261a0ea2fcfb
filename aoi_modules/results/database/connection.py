"""Which database it is, and how one talks to it."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from aoi_modules.errors import DatabaseAway, MissingExtra, ResultsError
from aoi_modules.first_line import distrust

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",  # reading does not wait for writing
    "PRAGMA synchronous=FULL",  # a commit is on disk: only then the spool lets go
    "PRAGMA busy_timeout=15000",  # of gateways that start together, the last one waits until the others have migrated
)
_AUTHORITY = "sslrootcert"
"""Of a URL: a PEM file of authorities, by which the server's certificate and name are checked."""
_OPTIONS = {
    _DRIVERS["sqlite"]: frozenset[str](),
    _DRIVERS["postgresql"]: frozenset({"host", "port", "ssl", _AUTHORITY}),
}
"""What may stand behind the `?` of a URL; others know `ssl` as `sslmode`."""
_ABOUT_VALUES = frozenset({"22", "23", "40", "54"})
"""Classes of PostgreSQL's errors: data, constraints, two writers in each other's way, limits of size."""
INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""By the name of the dialect: an insert that can pass over rows which are there already."""
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
        self.name = shown(self.url)
        arguments: dict[str, Any] = {
            "json_serializer": lambda value: orjson.dumps(value).decode(),
            "json_deserializer": orjson.loads,
        }
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        else:
            connect: dict[str, Any] = {"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS}
            if (authority := self.url.query.get(_AUTHORITY)) is not None:
                connect["ssl"] = _trusting(str(authority))
                self.url = self.url.difference_update_query([_AUTHORITY, "ssl"])
            arguments |= {"pool_pre_ping": True, "connect_args": connect}
        try:
            self._engine = create_async_engine(self.url, **arguments)
        except ModuleNotFoundError as error:
            raise MissingExtra("PostgreSQL", package=error.name or "asyncpg", extra="station") from None
        self._writer = self._engine.execution_options(writes=True)
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _set_up_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

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
        async with self._connected(self._writer) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that changes nothing.

        Raises:
            DatabaseAway: the database does not answer.
        """
        async with self._connected(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """Turns what drivers say of a database that is away, or not as it should be, into one error.

        What is about a value that the database refuses passes: trying again would be of no use. A connection that saw
        trouble is not used again: one that was open while a file or a server went may never work again.
        """
        try:
            async with engine.connect() as connection:
                try:
                    yield connection
                except DBAPIError as error:
                    if not _is_about_a_value(error) and not _is_busy(error):
                        await connection.invalidate()
                    raise
        except (OSError, TimeoutError, NoConnection) as error:
            if why := distrust(error):
                raise DatabaseAway(f"the database {self.name}: its certificate is not trusted: {why}") from None
            raise DatabaseAway(f"the database {self.name} does not answer: {_first_line(error)}") from None
        except DBAPIError as error:
            if _is_about_a_value(error):
                raise
            raise DatabaseAway(f"the database {self.name} cannot be used: {_first_line(error)}") from None

    async def close(self) -> None:
        """Ends all connections."""
        await self._engine.dispose()


def shown(url: URL) -> str:
    """A database as people may read it: without driver and password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


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
    driver = _DRIVERS.get(kind, "")
    if parsed is None or not driver or not parsed.database:
        raise ResultsError(
            f"database: expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME. Received: {_hidden(text)!r}"
        )
    options = {"ssl" if name == "sslmode" else name: value for name, value in parsed.query.items()}
    if unknown := options.keys() - _OPTIONS[driver]:
        known = ", ".join(sorted(_OPTIONS[driver]))
        raise ResultsError(f"database: {min(unknown)!r} is no option of a URL; known: {known or 'none'}")
    return parsed.set(drivername=driver, query=options)


def _trusting(authority: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:  # ssl.SSLError is one
        raise ResultsError(
            f"database: sslrootcert: expected a PEM file of certificates. Received: {authority}: {error}"
        ) from None


def _hidden(text: str) -> str:
    """A URL that cannot be read, without what may be a password."""
    scheme, _, rest = text.partition("://")
    rest, _, options = rest.partition("?")
    shown = f"...@{rest.rpartition('@')[2]}" if "@" in rest else rest
    return f"{scheme}://{shown}{'?...' if options else ''}"


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so, those that make tables among them
    cursor = connection.cursor()
    for setting in _SQLITE_SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _is_about_a_value(error: DBAPIError) -> bool:
    """Whether the database refuses what it was given, and not the connection, the user or the statement."""
    if isinstance(error, IntegrityError | DataError):
        return True
    return str(getattr(error.orig, "sqlstate", None) or "")[:2] in _ABOUT_VALUES


def _is_busy(error: DBAPIError) -> bool:
    """Whether SQLite only says that another one writes."""
    return str(getattr(error.orig, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _first_line(error: Exception) -> str:
    """What the driver says, without the statement and its values."""
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0] or type(cause).__name__


def _begin_sqlite(connection: Connection) -> None:
    """Who will write takes the lock first: a transaction that reads before could not write after another one has.

    Who reads needs no transaction: each question sees what was committed before it.
    """
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
