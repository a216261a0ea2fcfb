"""Which database it is, and what is said when it is away: for real."""

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from aoi_modules.errors import AoiError, DatabaseAway, MissingExtra, ResultsError
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database, parse_url
from aoi_modules.results.database.writing import store
from tests import services
from tests.client.certificates import certify, certify_by, needs_openssl
from tests.postgresql import PostgreSQL
from tests.results.conftest import with_database
from tests.results.records import record


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("postgresql://line:word@host:5433/results", "postgresql+asyncpg://line:word@host:5433/results"),
        ("postgres://line@host/results", "postgresql+asyncpg://line@host/results"),
        ("postgresql+psycopg://host/results", "postgresql+asyncpg://host/results"),
        (
            "postgresql://line@/results?host=/run/postgresql",
            "postgresql+asyncpg://line@/results?host=%2Frun%2Fpostgresql",
        ),
        ("postgresql://host/results?sslmode=require", "postgresql+asyncpg://host/results?ssl=require"),
        ("sqlite:////data/results.db", "sqlite+aiosqlite:////data/results.db"),
        ("sqlite:///results.db", "sqlite+aiosqlite:///results.db"),
        (Path("/data/results.db"), "sqlite+aiosqlite:////data/results.db"),
    ],
)
def test_a_url_names_the_database_and_the_driver_is_ours(url: str | Path, parsed: str) -> None:
    assert parse_url(url).render_as_string(hide_password=False) == parsed


def test_a_bare_path_is_a_file_of_sqlite_in_the_working_folder() -> None:
    assert parse_url("results.db").database == str(Path("results.db").absolute())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://line:secret@host/results", "'mysql://...@host/results'"),
        ("postgresql://line:secret@host", "'postgresql://...@host'"),
        ("postgresql://line:sec@ret@host:port/results", "'postgresql://...@host:port/results'"),
        ("postgresql://host?password=secret", "'postgresql://host?...'"),
        ("sqlite://", "'sqlite://'"),
        ("://secret@host", "'://...@host'"),
        (
            "postgresql://host/results?password=secret",
            "'password' is no option of a URL; known: host, port, ssl, sslrootcert",
        ),
        ("sqlite:///results.db?mode=ro", "'mode' is no option of a URL; known: none"),
    ],
)
def test_what_is_no_database_is_said_without_its_password(url: str, shown: str) -> None:
    with pytest.raises(ResultsError) as caught:
        parse_url(url)
    assert shown in caught.value.message
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(MissingExtra, match=r"PostgreSQL needs the package asyncpg(.|\n)*aoi-academy\[station\]"):
        Database("postgresql://host/results")


def test_sqlite_is_on_disk_with_every_commit_and_its_folder_is_made(tmp_path: Path) -> None:
    async def act(database: Database) -> list[object]:
        async with database.reading() as connection:
            names = ("journal_mode", "synchronous", "busy_timeout")
            return [(await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in names]

    assert with_database(tmp_path / "new" / "folder" / "results.db", act) == ["wal", 2, 15000]


def test_a_block_that_fails_changes_nothing(database_url: str) -> None:
    async def act(database: Database) -> None:
        async def write_and_fail() -> None:
            async with database.transaction() as connection:
                await connection.execute(
                    text("INSERT INTO gateways (gateway, stored_until, \"left\") VALUES ('a', '2026-01-01', true)")
                )
                raise KeyError

        with pytest.raises(KeyError):
            await write_and_fail()
        async with database.reading() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM gateways"))).scalar() == 0

    with_database(database_url, act)


def words_of(url: str | Path) -> str:
    """What is said of a database that is away."""

    async def run() -> str:
        database = Database(url)
        try:
            with pytest.raises(DatabaseAway) as caught:
                await store(database, [record()])
            return str(caught.value)
        finally:
            await database.close()

    return asyncio.run(run())


@services.need(services.POSTGRESQL)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url, server: url.replace(f":{server.port}", ":1"), "does not answer: [Errno 111] Connect call failed"),
        (lambda url, server: url.replace("127.0.0.1", "no.host.invalid"), "does not answer: [Errno"),
        (lambda url, server: url + "_gone", "cannot be used: database"),
        (lambda url, server: url.replace("postgres:", "nobody:"), "cannot be used: password authentication failed"),
        (lambda url, server: url.replace(f":{server.password}@", ":wrong-secret@"), "cannot be used: password"),
        (lambda url, server: url, 'cannot be used: relation "inspections" does not exist'),
    ],
    ids=["port", "host", "name", "user", "password", "tables"],
)
def test_a_database_that_cannot_be_reached_or_used_is_away_and_no_password_is_told(
    postgresql: PostgreSQL, change: Callable[[str, PostgreSQL], str], said: str
) -> None:
    words = words_of(change(postgresql.new_database(), postgresql))
    assert words.startswith("the database postgresql://")
    assert said in words
    assert postgresql.password not in words
    assert "secret" not in words


@services.need(services.POSTGRESQL)
@needs_openssl
def test_tls_is_checked_by_authority_and_name(postgresql: PostgreSQL, tmp_path: Path) -> None:
    async def is_encrypted(database: Database) -> object:
        async with database.reading() as connection:
            question = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            return (await connection.execute(question)).scalar()

    certify_by(certify(tmp_path, "other"), "plant", "line")
    url = postgresql.new_database()
    trusting, distrusting = (f"{url}?sslrootcert={tmp_path / name}.pem" for name in ("plant", "other"))
    renamed = trusting.replace("127.0.0.1", "localhost")
    with postgresql.secured(tmp_path / "line.pem"):
        assert with_database(trusting, is_encrypted) is True
        for wrong, said in ((distrusting, "unable to get local issuer"), (renamed, "Hostname mismatch")):
            words = words_of(wrong)
            assert words.startswith("the database postgresql://")
            assert f": its certificate is not trusted: {said}" in words
            assert postgresql.password not in words
            assert "\n" not in words
    assert "SSL" in words_of(trusting), "a server without TLS is refused where it was asked for"


@services.need(services.POSTGRESQL)
def test_a_user_without_rights_is_told_so(postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    postgresql.run("CREATE ROLE weak LOGIN PASSWORD 'word'")
    with pytest.raises(DatabaseAway, match="cannot be used: permission denied for schema public"):
        with_database(url.replace(f"postgres:{postgresql.password}@", "weak:word@"), lambda _: asyncio.sleep(0))


@services.need(services.POSTGRESQL)
def test_a_server_that_stops_is_away_and_one_that_comes_back_is_not(postgresql: PostgreSQL) -> None:
    async def act(database: Database) -> None:
        first, second, third = record(1), record(2), record(3)
        await store(database, [first])
        postgresql.stop()
        try:
            for _ in range(2):
                with pytest.raises(DatabaseAway, match=r"does not answer|cannot be used"):
                    await store(database, [second])
        finally:
            postgresql.start()
        assert await store(database, [third]) == [third]
        assert [row.id for row in (await reading.page(database, reading.Filter(), 9)).records] == [third.id, first.id]

    with_database(postgresql.new_database(), act)


@services.need(services.POSTGRESQL)
def test_a_connection_that_ends_in_a_transaction_is_a_database_that_is_away(postgresql: PostgreSQL) -> None:
    async def act(database: Database) -> None:
        async def be_cut_off() -> None:
            async with database.transaction() as connection:
                process = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar()
                postgresql.run(f"SELECT pg_terminate_backend({process})")
                await connection.execute(text("SELECT 1"))

        with pytest.raises(DatabaseAway):
            await be_cut_off()
        await store(database, [record()])

    with_database(postgresql.new_database(), act)


def test_a_file_that_is_no_database_is_away_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    path.write_bytes(b"a text that somebody wrote here, long enough for a head of SQLite's " * 30)
    before = path.read_bytes()
    assert f"the database sqlite:///{path} cannot be used: file is not a database" in words_of(path)
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    assert "cannot be used: unable to open database file" in words_of(tmp_path)


def test_a_file_that_another_process_locks_is_away_for_as_long(tmp_path: Path) -> None:
    path = tmp_path / "results.db"

    async def act(database: Database) -> None:
        async with database.reading() as connection:
            await connection.execute(text("PRAGMA busy_timeout=50"))
        with pytest.raises(DatabaseAway, match="cannot be used: database is locked"):
            await store(database, [record(1)])
        other.rollback()
        await store(database, [record(2)])

    with_database(path, lambda _: asyncio.sleep(0))
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    try:
        asyncio.run(_with_open(path, act))
    finally:
        other.close()


async def _with_open(path: Path, act: Callable[[Database], Awaitable[None]]) -> None:
    database = Database(path)
    try:
        await act(database)
    finally:
        await database.close()


def test_errors_of_ours_pass_as_they_are(tmp_path: Path) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(AoiError, match="no inspection"):
            async with database.reading():
                await reading.by_id(database, "0" * 32)

    with_database(tmp_path / "results.db", act)
