"""The Job that makes the role of gateways, at a real PostgreSQL: one works by it, and it can change no table."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from aoi_modules.gateway.launcher import RunningGateway
from tests import in_process, services
from tests.client.model_server import ModelServer, scores_of
from tests.cluster.overlays import K8S
from tests.gateway.conftest import picture_bytes
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated
from tests.services import path_of

pytestmark = services.need(services.POSTGRESQL)

ROOM = K8S / "base" / "writers"
PASSWORD = "writes"
FORBIDDEN = (
    "DROP TABLE inspections",
    "TRUNCATE inspections",
    "ALTER TABLE inspections ADD COLUMN theirs text",
    "CREATE TABLE theirs (a int)",
    "UPDATE results_version SET version_num = '999'",
    "CREATE ROLE theirs",
    "CREATE DATABASE theirs",
    "COPY inspections TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/hostname')",
    "ALTER ROLE postgres PASSWORD 'theirs'",
)


def psql(address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [path_of("psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", address, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def started(folder: Path, postgresql: PostgreSQL, database: str) -> "subprocess.Popen[str]":
    """What the Job's container runs, with places of this machine."""
    job = yaml.safe_load((ROOM / "job.yaml").read_text())
    (container,) = job["spec"]["template"]["spec"]["containers"]
    text: str = container["args"][0]
    for theirs, ours in (
        ("/run/secrets/postgresql/password", str(folder / "password")),
        ("/run/secrets/writers/gateway", str(folder / "gateway")),
        ("/etc/writers/writers.sql", str(ROOM / "writers.sql")),
        ("--host=postgresql --username=aoi", "--host=127.0.0.1 --username=postgres"),
        ("--dbname=results", f"--dbname={database}"),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    (folder / "password").write_text(postgresql.password)
    (folder / "gateway").write_text(PASSWORD)
    environment = {**os.environ, "PGPORT": str(postgresql.port)}
    return subprocess.Popen([*container["command"], text], env=environment, stderr=subprocess.PIPE, text=True)


@pytest.fixture(params=["before", "after"])
def database(request: pytest.FixtureRequest, postgresql: PostgreSQL, tmp_path: Path) -> Iterator[str]:
    """The URL, by the role of the gateway, of a database whose Job began before the tables were there, or after."""
    owner = postgresql.new_database()
    name = urlsplit(owner).path.removeprefix("/")
    if request.param == "before":
        jobs = [started(tmp_path, postgresql, name)]
        assert jobs[0].stderr is not None
        assert 'relation "results_version" does not exist' in jobs[0].stderr.readline()
        migrated(owner)
    else:
        migrated(owner)
        jobs = [started(tmp_path, postgresql, name) for _ in range(2)]  # as often as an owner likes, at once, too
    for job in jobs:
        _, said = job.communicate(timeout=240)
        assert job.returncode == 0, said
    yield f"postgresql://gateway:{PASSWORD}@127.0.0.1:{postgresql.port}/{name}"
    postgresql.run("DROP OWNED BY gateway", name)
    postgresql.run("DROP ROLE gateway")


def test_a_gateway_works_by_it(database: str, tmp_path: Path) -> None:
    with ModelServer() as server:
        server.outputs = scores_of(0.45)
        routes = tmp_path / "routes.yaml"
        tile = f'{{model: tile, upstream: "{server.address}", audit: 1.0, store: all, recording: committed}}'
        routes.write_text(f"components: {{tile: {tile}}}\n")
        with RunningGateway(routes, results=tmp_path / "results", database=database) as gateway:
            answer = requests.post(f"{gateway.url}/v1/inspect/tile?unit=SN1", data=picture_bytes(), timeout=60)
            assert answer.status_code == 200, answer.text
            number = answer.json()["id"]
            part = requests.post(f"{gateway.url}/v1/reviews/next", json={"who": "Ada"}, timeout=60).json()
            assert part["inspection"] == number
            judged = requests.post(
                f"{gateway.url}/v1/inspections/{number}/judgements", json={"who": "Ada", "verdict": "good"}, timeout=60
            )
            assert judged.status_code == 200, judged.text
            assert requests.get(f"{gateway.url}/v1/quality", timeout=60).status_code == 200
    places = ("--results", tmp_path / "results", "--database", database)
    for words in (("hold", number, "--reason", "complaint 4711"), ("release", number, "--reason", "answered")):
        done = in_process.aoi("results", *words, *places)
        assert done.returncode == 0, done.stderr


def test_it_can_do_no_more(database: str) -> None:
    said = {statement: psql(database, f"--command={statement}").stderr for statement in FORBIDDEN}
    refused = re.compile("permission denied|must be owner|must be superuser")
    assert {statement: error for statement, error in said.items() if not refused.search(error)} == {}
