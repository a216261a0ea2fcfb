"""`aoi promote`, as a user calls it: what the line saw decides, a label moves and names the report, or goes back."""

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from PIL import Image

from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.review.judgements import judge
from aoi_modules.results.review.queue import put
from aoi_modules.verdict import Verdict
from tests import in_process
from tests.client.model_server import ModelServer, manifest
from tests.client.servables import write_lamp
from tests.commands.results.lines import Kept
from tests.modelstore.registry.servables import write_version
from tests.results.evidence.lines import CRACK, GOOD, judged
from tests.results.records import record

FAIL = Verdict.FAIL
GATE = "station: {escape: 0.4, overkill: 0.4, failures: null, judged: 10}\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """Version 3 is in service, 4 is its shadow."""
    with ModelServer() as running:
        running.version = 3
        running.states = dict.fromkeys((3, 4), "AVAILABLE")
        running.manifests = {version: manifest(version).to_json() for version in (3, 4)}
        yield running


class Line:
    """A registry in which 3 is in service and 4 the canary, and a line whose shadow is 4."""

    def __init__(self, folder: Path, server: ModelServer) -> None:
        self.folder, self.kept = folder, Kept(folder / "line")
        for version in (3, 4):
            self.registry("push", write_version(folder, "tile", version))
        self.registry("label", "tile", "stable", 3)
        self.registry("label", "tile", "canary", 4)
        route = {"model": "tile", "upstream": server.address, "shadow": {"version": 4}}
        (folder / "routes.yaml").write_text(yaml.safe_dump({"components": {"tile": route}}))
        (folder / "gate.yaml").write_text(GATE)

    def registry(self, *words: object) -> str:
        done = in_process.aoi("registry", *words, "--registry", self.folder / "registry")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def promote(self, *words: object) -> in_process.Ended:
        """`aoi promote tile`, of this line."""
        places = ("--registry", self.folder / "registry", "--results", self.kept.folder)
        return in_process.aoi("promote", "tile", *words, *places, "--report", self.folder / "gate.html", "--who", "Ada")

    def to_stable(self, *words: object) -> in_process.Ended:
        """Through the gate, by what the line saw."""
        files = ("--routes", self.folder / "routes.yaml", "--gate", self.folder / "gate.yaml")
        return self.promote("--to", "stable", *files, *words)

    def labels(self) -> dict[str, int]:
        rows = json.loads(self.registry("list", "tile", "--json"))
        return {label: row["version"] for row in rows for label in row["labels"]}

    def saw(self, caught: int, missed: int) -> None:
        """Defects that the candidate alone stops, and such that it alone lets pass."""
        self.kept.use(lambda database, pictures: judged(database, caught, missed))

    def confirm_limits(self) -> None:
        place = Place(component="tile", model="tile", version=4, head="defect")

        async def confirm(database: Database, pictures: PictureStore) -> None:
            await set_limits(database, place, HeadLimits(threshold=0.5), who="Ada", why="as its manifest", seen=0)

        self.kept.use(confirm)


@pytest.fixture
def line(tmp_path: Path, server: ModelServer) -> Line:
    return Line(tmp_path, server)


def test_a_better_version_takes_over_once_its_limits_are_confirmed(line: Line) -> None:
    line.saw(caught=20, missed=0)
    early = line.to_stable()
    assert early.returncode == 5, early.stderr
    assert early.stdout.splitlines()[-2].startswith("so: first make or confirm the limits of tile 4")
    assert line.labels() == {"stable": 3, "canary": 4}
    line.confirm_limits()
    dry = json.loads(line.to_stable("--dry-run", "--json").stdout)
    assert (dry["outcome"], dry["move"], dry["not_asked"]) == ("promote", None, ["failures"])
    assert line.labels() == {"stable": 3, "canary": 4}
    done = line.to_stable("--candidate", 4)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert done.stdout.splitlines()[-3:] == [
        "so: tile 4 passed every rule: the label stable may move to it",
        "tile:stable is version 4",
        f"report: {line.folder / 'gate.html'}",
    ]
    assert line.labels() == {"stable": 4, "canary": 4}
    assert "by Ada: passed its gate: gate.html, sha256 " in line.registry("show", "tile:stable")
    assert "Promote." in (line.folder / "gate.html").read_text()
    back = line.promote("--to", "stable", "--back", "--reason", "overkill on matt tiles")
    assert (back.returncode, back.stdout) == (0, "tile:stable is version 3\n")
    assert "taken back from version 4: overkill on matt tiles" in line.registry("show", "tile:3")


def test_a_worse_version_is_refused_and_its_canary_taken_back(line: Line) -> None:
    line.saw(caught=0, missed=60)
    refused = line.to_stable()
    assert (refused.returncode, line.labels()) == (3, {"stable": 3, "canary": 4})
    assert "FAILED   escape" in refused.stdout
    again = line.to_stable("--or-back", "--json")
    assert again.returncode == 3
    move = json.loads(again.stdout)["move"]
    assert (move["label"], move["version"]) == ("canary", None)
    assert move["reason"].startswith("taken back from version 4: refused by its gate: gate.html, sha256 ")
    assert line.labels() == {"stable": 3}


def test_without_enough_evidence_nothing_moves(line: Line) -> None:
    line.saw(caught=1, missed=0)
    ended = line.to_stable("--or-back")
    assert (ended.returncode, line.labels()) == (4, {"stable": 3, "canary": 4})
    assert "unknown  judged" in ended.stdout


def test_a_gateway_that_is_not_asked_leaves_failures_unknown(line: Line) -> None:
    line.saw(caught=20, missed=0)
    line.confirm_limits()
    (line.folder / "gate.yaml").write_text(GATE.replace("failures: null", "failures: 0"))
    ended = line.to_stable()
    assert (ended.returncode, "no --gateway says where to ask for them" in ended.stdout) == (4, True)
    away = line.to_stable("--gateway", "http://127.0.0.1:9")
    assert (away.returncode, line.labels()["stable"]) == (1, 3)
    assert away.stderr.startswith("error: ")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--to", "stable"), 2, "expected --routes FILE"),
        (("--to", "stable", "--back"), 2, "--back expects --reason TEXT"),
        (("--to", "canary", "--back", "--reason", "r", "--dry-run"), 2, "has no --dry-run"),
        (("--to", "best"), 2, "'best' is not one of 'canary', 'stable'"),
        (("--to", "stable", "--routes", "none.yaml"), 2, "none.yaml: cannot be read"),
    ],
)
def test_what_is_missing_is_said(line: Line, words: tuple[str, ...], code: int, said: str) -> None:
    ended = line.promote(*words)
    assert (ended.returncode, said in ended.stderr) == (code, True), ended.stderr


def test_what_cannot_be_compared_is_said(line: Line) -> None:
    own = line.to_stable("--candidate", 3)
    assert (own.returncode, "version 3 is in service already" in own.stderr) == (1, True)
    (line.folder / "gate.yaml").write_text("station: {escape: 4}")
    wrong = line.to_stable()
    assert (wrong.returncode, "gate.yaml, line 1: station.escape" in wrong.stderr) == (1, True)
    (line.folder / "gate.yaml").write_text(GATE)
    routes = line.folder / "routes.yaml"
    routes.write_text(routes.read_text().replace("tile:", "pcb:", 1))
    unknown = line.to_stable()
    assert (unknown.returncode, "pcb" in unknown.stderr) == (1, True)


@pytest.mark.slow
def test_a_version_is_tried_on_this_machine_before_it_is_a_canary(tmp_path: Path) -> None:
    """The same lamp twice: it is no worse than itself, but does not say what it learnt from, so it waits."""
    kept, registry = Kept(tmp_path / "line"), tmp_path / "registry"
    servable = write_lamp(tmp_path / "models") / "1"
    for _ in range(2):
        assert in_process.aoi("registry", "push", servable, "--registry", registry).returncode == 0
    assert in_process.aoi("registry", "label", "lamp", "stable", 1, "--registry", registry).returncode == 0

    async def fill(database: Database, pictures: PictureStore) -> None:
        for number in range(60):
            level, opinion = (20, GOOD) if number % 2 else (240, CRACK)
            file = io.BytesIO()
            Image.new("L", (8, 8), level).save(file, "png")
            sha256 = hashlib.sha256(file.getvalue()).hexdigest()
            about = {"component": "lamp", "model": "lamp", "version": 1, "unit": f"SN{number}"}
            one = record(number, verdict=FAIL, review="failed", chance=1.0, picture_sha256=sha256, **about)
            await store(database, [one], beside=put)
            await judge(database, one.id, opinion, "Ada")
            await pictures.put(address(one.id, "png"), file.getvalue())

    kept.use(fill)
    routes, gate = tmp_path / "routes.yaml", tmp_path / "gate.yaml"
    route = {"model": "lamp", "upstream": "127.0.0.1:1", "label": "stable"}
    routes.write_text(yaml.safe_dump({"components": {"lamp": route}}))
    gate.write_text("held_out: {escape: 0.2, overkill: 0.2}\nlatency: {ratio: 20, rounds: 6, calls: 1}\n")
    words = ("--to", "canary", "--routes", routes, "--gate", gate, "--report", tmp_path / "gate.html", "--json")
    places = ("--registry", registry, "--results", kept.folder)
    ended = in_process.aoi("promote", "lamp", *words, *places)
    assert ended.returncode == 4, f"{ended.stdout}{ended.stderr}"
    found = json.loads(ended.stdout)
    states = {one["rule"]: one["state"] for one in found["findings"]}
    unknown = ("origin", "escape", "overkill", "latency", "drift")
    assert states == {**dict.fromkeys(unknown, "unknown"), "parity": "passed", "size": "passed"}
    assert found["notes"] == ["60 judged parts were left out, as one of the two learnt from their units"]
    assert "Not enough evidence." in (tmp_path / "gate.html").read_text()
    rows = json.loads(in_process.aoi("registry", "list", "lamp", "--json", "--registry", registry).stdout)
    assert [row["labels"] for row in rows] == [["stable"], []]
