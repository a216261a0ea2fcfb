"""PostgreSQL's own programs, by the URL of the database: whose tables they copy, and what they say."""

from pathlib import Path

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.postgresql import PostgresqlSnapshot
from aoi_modules.results.database.connection import parse_url
from tests import services
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated

pytestmark = services.need(services.POSTGRESQL)


def snapshot(url: str) -> PostgresqlSnapshot:
    return PostgresqlSnapshot(parse_url(url))


def test_only_our_tables_are_copied_and_only_they_are_in_the_way(postgresql: PostgreSQL, tmp_path: Path) -> None:
    old, new = migrated(postgresql.new_database()), postgresql.new_database()
    for url in (old, new):
        postgresql.run("CREATE TABLE theirs (a INTEGER)", url.rpartition("/")[2])
    snapshot(old).save(tmp_path / "dump")
    snapshot(new).check_empty()
    snapshot(new).load(tmp_path / "dump")
    tables = postgresql.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", new.rpartition("/")[2])
    assert {"inspections", "outbox", "holds", "results_version", "theirs"} <= set(tables.split())
    with pytest.raises(ResultsError, match=r"postgresql://postgres:\*\*\*@.*: there is a table [a-z_]+ already"):
        snapshot(new).check_empty()


def test_a_dump_that_fails_half_way_leaves_nothing(postgresql: PostgreSQL, tmp_path: Path) -> None:
    old, new = migrated(postgresql.new_database()), postgresql.new_database()
    name = new.rpartition("/")[2]
    postgresql.run("CREATE TABLE theirs (a INTEGER)", name)
    postgresql.run("CREATE INDEX outbox_by_sink ON theirs (a)", name)
    snapshot(old).save(tmp_path / "dump")
    with pytest.raises(ResultsError, match=r"outbox_by_sink.* already exists"):
        snapshot(new).load(tmp_path / "dump")
    snapshot(new).check_empty()


def test_a_wrong_password_and_a_missing_database_are_told_without_the_password(postgresql: PostgreSQL) -> None:
    right = postgresql.new_database()
    wrong = right.replace(postgresql.password, "geheim")
    with pytest.raises(ResultsError, match="password authentication failed") as caught:
        snapshot(wrong).check_empty()
    assert "geheim" not in str(caught.value)
    with pytest.raises(ResultsError, match='database "nobody" does not exist'):
        snapshot(postgresql.url("nobody")).check_empty()


def test_what_is_no_dump_is_refused(postgresql: PostgreSQL, tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"no dump" * 100)
    with pytest.raises(ResultsError, match="input file does not appear to be a valid"):
        snapshot(postgresql.new_database()).load(tmp_path / "dump")


def test_without_its_programs_the_package_is_named(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ResultsError, match="is not installed") as caught:
        snapshot(postgresql.url("postgres")).check_empty()
    assert caught.value.hint == "apt-get install postgresql-client"


def test_a_socket_and_encryption_are_as_the_url_says(postgresql: PostgreSQL) -> None:
    name = postgresql.new_database().rpartition("/")[2]
    user = f"postgresql://postgres:{postgresql.password}@"
    snapshot(f"{user}/{name}?host={postgresql.folder}&port={postgresql.port}").check_empty()
    with pytest.raises(ResultsError, match="server does not support SSL"):
        snapshot(f"{user}127.0.0.1:{postgresql.port}/{name}?ssl=true").check_empty()
    snapshot(f"{user}127.0.0.1:{postgresql.port}/{name}?sslmode=disable").check_empty()
