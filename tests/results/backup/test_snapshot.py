"""Which way of copying belongs to which database."""

from pathlib import Path

from aoi_modules.results.backup.postgresql import PostgresqlSnapshot
from aoi_modules.results.backup.snapshot import snapshot_of
from aoi_modules.results.backup.sqlite import SqliteSnapshot
from aoi_modules.results.database.connection import parse_url


def test_each_database_has_its_own_way(tmp_path: Path) -> None:
    file = snapshot_of(parse_url(tmp_path / "results.sqlite"))
    assert isinstance(file, SqliteSnapshot)
    assert (file.kind, file.folder) == ("sqlite", tmp_path)
    server = snapshot_of(parse_url("postgresql://aoi@db/results"))
    assert isinstance(server, PostgresqlSnapshot)
    assert server.kind == "postgresql"
