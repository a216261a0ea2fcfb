"""The script of the nightly copy, as the CronJob has it, at a real PostgreSQL: what it wrote brings all of it back."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import hold
from aoi_modules.results.database.writing import store
from tests import services
from tests.cluster.overlays import K8S
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated, with_database
from tests.results.records import record
from tests.results.table_contents import contents
from tests.services import path_of

pytestmark = services.need(services.POSTGRESQL)

FILE = K8S / "components" / "backup" / "postgresql.yaml"
RECORDS = [record(number) for number in range(200)]


def script(folder: Path, database: str) -> str:
    """What the CronJob's container runs, with places of this machine."""
    (job,) = [one for one in yaml.safe_load_all(FILE.read_text()) if one["kind"] == "CronJob"]
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["bash", "-euo", "pipefail", "-c"]
    text: str = container["args"][0]
    for theirs, ours in (
        ("/run/secrets/postgresql/password", str(folder / "password")),
        ("/backups", str(folder)),
        ("--host=postgresql --username=aoi", "--host=127.0.0.1 --username=postgres"),
        ("--dbname=results", f"--dbname={database}"),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    return text


def back_up(folder: Path, postgresql: PostgreSQL, url: str) -> "subprocess.CompletedProcess[str]":
    (folder / "password").write_text(postgresql.password)
    command = ["bash", "-euo", "pipefail", "-c", script(folder, urlsplit(url).path.removeprefix("/"))]
    environment = {**os.environ, "PGPORT": str(postgresql.port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def filled(url: str) -> str:
    async def fill(database: Database) -> None:
        await store(database, RECORDS)
        async with database.transaction() as connection:
            await hold(connection, [RECORDS[3].id], "complaint 4711", "Ada")

    with_database(url, fill)
    return url


def test_a_copy_brings_all_of_it_back(postgresql: PostgreSQL, tmp_path: Path) -> None:
    old = filled(migrated(postgresql.new_database()))
    name = urlsplit(old).path.removeprefix("/")
    postgresql.run("CREATE ROLE theirs", name)
    postgresql.run("GRANT SELECT ON inspections TO theirs", name)
    done = back_up(tmp_path, postgresql, old)
    assert done.returncode == 0, done.stderr
    (copy,) = tmp_path.glob("results-*.dump")
    assert copy.stat().st_mode & 0o077 == 0, "nobody else reads it"
    before = asyncio.run(contents(old))
    assert before["inspections"][0] == len(RECORDS)
    new = postgresql.new_database()
    for word in ("OWNED BY theirs", "ROLE theirs"):  # a new server has no roles yet
        postgresql.run(f"DROP {word}", name)
    once = ("--no-privileges", "--single-transaction", "--exit-on-error")
    subprocess.run([path_of("pg_restore"), *once, f"--dbname={new}", str(copy)], check=True)
    assert asyncio.run(contents(new)) == before


def test_what_fails_leaves_no_copy_and_old_ones_go_after_a_good_one_alone(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    old = tmp_path / "results-20260101T021700Z.dump"
    shutil.copy(__file__, old)
    os.utime(old, (0, 0))
    failed = back_up(tmp_path, postgresql, postgresql.url("nobody"))
    assert failed.returncode != 0
    assert 'database "nobody" does not exist' in failed.stderr
    assert list(tmp_path.glob("results-*.dump")) == [old]
    done = back_up(tmp_path, postgresql, migrated(postgresql.new_database()))
    assert done.returncode == 0, done.stderr
    (copy,) = tmp_path.glob("results-*.dump")
    assert copy != old
