"""`aoi results affected` and `reinspect`, as a user calls them."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.quality.counting import Scope, count
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.record import new_id, now
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.commands.results.lines import Kept
from tests.gateway.conftest import picture_bytes
from tests.results.records import record

PICTURE = picture_bytes()
SHA256 = hashlib.sha256(PICTURE).hexdigest()
FIRST, SECOND = (new_id(now() - timedelta(seconds=seconds)) for seconds in (2, 1))
KEPT = record(id=FIRST, model="board", version=7, unit="SN1", lot="L9", picture_sha256=SHA256)
GONE = record(id=SECOND, model="board", version=7, unit="SN2")
FAULT = ("--model", "board", "--version", "7")


@pytest.fixture
def line(kept: Kept) -> Kept:
    """Two parts that version 7 let pass, of which one has its picture."""

    async def fill(database: Database, pictures: PictureStore) -> None:
        await store(database, [KEPT, GONE])
        await pictures.put(address(KEPT.id, "png"), PICTURE)

    kept.use(fill)
    return kept


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """Its version 4 fails every part."""
    with ModelServer() as running:
        running.version, running.states = 4, {4: "AVAILABLE"}
        running.manifests = {4: manifest(4).to_json()}
        running.outputs = scores_of(0.9)
        yield running


def test_parts_that_a_version_let_pass(line: Kept) -> None:
    ended = line.aoi("affected", *FAULT)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "2 parts of 2 units passed"
    rows = list(csv.DictReader(io.StringIO(line.aoi("affected", *FAULT, "--csv").stdout)))
    assert [(row["unit"], row["lot"], row["inspection"]) for row in rows] == [
        ("SN1", "L9", KEPT.id), ("SN2", "", GONE.id),
    ]  # fmt: skip
    as_json = [json.loads(text) for text in line.aoi("affected", *FAULT, "--json").stdout.splitlines()]
    assert [one["record"]["id"] for one in as_json] == [KEPT.id, GONE.id]
    assert line.aoi("affected", *FAULT, "--limits", "3").stdout == "0 parts of 0 units passed\n"


def test_another_version_by_its_server_and_by_the_routes(line: Kept, server: ModelServer, tmp_path: Path) -> None:
    before = figures(line)
    ended = line.aoi("reinspect", *FAULT, "--grpc", server.address, "--ask", "tile:4")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "1 of 1 do not pass any more; 1 pictures are gone"
    assert "SN2: nobody can ask: no picture" in ended.stderr
    route = {"model": "tile", "upstream": server.address}
    (tmp_path / "routes.yaml").write_text(yaml.safe_dump({"components": {"tile": route}}))
    by_routes = line.aoi("reinspect", *FAULT, "--routes", tmp_path / "routes.yaml", "--csv")
    (row,) = csv.DictReader(io.StringIO(by_routes.stdout))
    assert (row["unit"], row["verdict"], row["version"], row["heads"]) == ("SN1", "FAIL", "4", "defect=0.900")
    assert figures(line) == before, "nothing of it is counted"


def test_limits_that_people_set_for_the_other_version_judge(line: Kept, server: ModelServer) -> None:
    async def lenient(database: Database, pictures: PictureStore) -> None:
        place = Place(component="tile", model="tile", version=4, head="defect")
        await set_limits(database, place, HeadLimits(threshold=0.95), who="Ada", why="a test", seen=0)

    line.use(lenient)
    found = json.loads(line.aoi("reinspect", *FAULT, "--grpc", server.address, "--ask", "tile", "--json").stdout)
    assert (found["asked"], found["changed"], len(found["gone"])) == (1, [], 1)


def test_who_is_asked_has_to_be_said(line: Kept) -> None:
    for words in ([], ["--grpc", "127.0.0.1:1"], ["--routes", "x", "--grpc", "127.0.0.1:1", "--ask", "tile"]):
        ended = line.aoi("reinspect", *FAULT, *words)
        assert (ended.returncode, "expected --routes FILE, or --grpc" in ended.stderr) == (2, True)


def figures(line: Kept) -> object:
    """What figures of quality rest on."""
    found: list[object] = []

    async def look(database: Database, pictures: PictureStore) -> None:
        found.append(await count(database, Scope(), "component", Calendar()))

    line.use(look)
    return found
