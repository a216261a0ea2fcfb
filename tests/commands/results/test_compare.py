"""`aoi results compare`, as a user calls it: who is compared, what follows, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.results.database.connection import Database
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest
from tests.commands.results.lines import Kept
from tests.results.evidence.lines import CRACK, judged, seen_by_both

FAIL = Verdict.FAIL
MARGINS = ("--escape-margin", "0.4", "--overkill-margin", "0.4")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """Version 3 is in service, 4 is its shadow."""
    with ModelServer() as running:
        running.version = 3
        running.states = dict.fromkeys((3, 4), "AVAILABLE")
        yield running


@pytest.fixture
def routes(server: ModelServer, tmp_path: Path) -> Path:
    server.manifests = {version: manifest(version).to_json() for version in (3, 4)}
    route = {"model": "tile", "upstream": server.address, "shadow": {"version": 4}}
    (tmp_path / "routes.yaml").write_text(yaml.safe_dump({"components": {"tile": route}}))
    return tmp_path / "routes.yaml"


def fill(kept: Kept, caught: int, missed: int) -> None:
    """Defects that the shadow alone stops, and such that it alone lets pass."""
    kept.use(lambda database, pictures: judged(database, caught, missed))


@pytest.mark.parametrize(
    ("caught", "missed", "code", "words"),
    [
        (20, 0, 5, "so: first make or confirm the limits of tile 4 at the threshold desk (defect); then promote it"),
        (0, 60, 3, "so: keep tile 3"),
        (1, 0, 4, "more judged parts like these would decide"),
    ],
)
def test_the_exit_code_says_what_follows(
    kept: Kept, routes: Path, caught: int, missed: int, code: int, words: str
) -> None:
    fill(kept, caught, missed)
    ended = kept.aoi("compare", "tile", "--routes", routes, *MARGINS)
    assert (ended.returncode, ended.stderr) == (code, "")
    assert words in ended.stdout.splitlines()[-1]
    as_json = kept.aoi("compare", "tile", "--routes", routes, *MARGINS, "--json", "--candidate", "shadow")
    assert as_json.returncode == code
    found = json.loads(as_json.stdout)
    assert (found["incumbent"]["version"], found["candidate"]["version"]) == (3, 4)


@pytest.mark.parametrize("by", ["people", "the routes"])
def test_a_candidate_takes_over_with_limits_that_people_or_the_routes_say(kept: Kept, routes: Path, by: str) -> None:
    fill(kept, 20, 0)
    if by == "people":
        place = Place(component="tile", model="tile", version=4, head="defect")

        async def confirm(database: Database, pictures: PictureStore) -> None:
            await set_limits(database, place, HeadLimits(threshold=0.5), who="Ada", why="as its manifest", seen=0)

        kept.use(confirm)
    else:
        route = yaml.safe_load(routes.read_text())
        route["components"]["tile"]["shadow"]["heads"] = {"defect": {"threshold": 0.5}}
        routes.write_text(yaml.safe_dump(route))
    ended = kept.aoi("compare", "tile", "--routes", routes, *MARGINS)
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "so: promote tile 4")


def test_a_candidate_that_learnt_from_a_unit_that_is_held_out_is_refused(
    kept: Kept, routes: Path, server: ModelServer
) -> None:
    units: list[LearntUnits] = []

    async def fill(database: Database, pictures: PictureStore) -> None:
        deal = await deal_of(database)
        held_out = [f"SN{number}" for number in range(100) if deal.part_of(f"SN{number}") == "test"]
        await seen_by_both(database, 1, FAIL, FAIL, CRACK, unit=held_out[0])
        units.append(LearntUnits.of(deal.name, learnt=[deal.group_of(held_out[0])], held_out=[]))

    kept.use(fill)
    server.manifests[4] = msgspec.structs.replace(manifest(4), units=units[0]).to_json()
    ended = kept.aoi("compare", "tile", "--routes", routes)
    assert ended.returncode == 1
    assert "error: tile 4 learnt from 1 units that are held out for testing" in ended.stderr


def test_routes_without_a_candidate_are_refused(kept: Kept, routes: Path) -> None:
    missing = kept.aoi("compare", "tile", "--routes", routes, "--candidate", "canary")
    assert (missing.returncode, "expected a canary of tile. Received: none" in missing.stderr) == (1, True)
    unknown = kept.aoi("compare", "pcb", "--routes", routes)
    assert (unknown.returncode, "pcb" in unknown.stderr) == (1, True)
    route = yaml.safe_load(routes.read_text())
    route["components"]["tile"]["canary"] = {"version": 5, "share": 0.1}
    routes.write_text(yaml.safe_dump(route))
    both = kept.aoi("compare", "tile", "--routes", routes)
    assert (both.returncode, "--candidate shadow or canary" in both.stderr) == (2, True)


def test_trainings_are_compared_on_one_list_of_units_alone(kept: Kept, routes: Path, tmp_path: Path) -> None:
    fill(kept, 1, 0)
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, held_out in ((one, "a"), (other, "b")):
        folder.mkdir()
        training_report.write(report(held_out), folder)
    refused = kept.aoi("compare", "tile", "--routes", routes, "--report", one, other)
    assert refused.returncode == 1
    assert "expected two trainings with one list of units that were held out" in refused.stderr
    training_report.write(report("a"), other)
    ended = kept.aoi("compare", "tile", "--routes", routes, *MARGINS, "--report", one, other)
    assert ended.returncode == 4
    assert [line.partition(": ")[0] for line in ended.stdout.splitlines()[-2:]] == [
        f"held out, {one}, defect",
        f"held out, {other}, defect",
    ]


def report(held_out: str) -> training_report.TrainingReport:
    """Of a training whose test had these units."""
    about = manifest()
    classes = tuple(
        training_report.ClassResult(head="defect", name=name, pictures=9, good=name == "good", passed=passed)
        for name, passed in (("good", 8), ("crack", 1))
    )
    return training_report.TrainingReport(
        recipe="folder",
        profile="ci",
        seed=0,
        heads=about.heads,
        picture=about.picture,
        data=DataOrigin(name="parts", sha256="0", stand_in=False),
        backbone="none",
        weights="random",
        metrics={},
        notes=(),
        samples=(),
        seconds=1,
        model_sha256="0",
        tools={},
        classes=classes,
        units=LearntUnits.of("line", learnt=[], held_out=[held_out * 16]),
    )
