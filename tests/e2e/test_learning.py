"""Judgements become a model: judge, data set, training, export, canary and shadow by the route, and the comparison."""

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import requests
import yaml
from PIL import Image

from aoi_modules.datasets.folder import load
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore import training_report
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests import in_process
from tests.client.model_server import ModelServer, manifest, scores_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

UNITS = 90
MARGINS = ("--escape-margin", "0.3", "--overkill-margin", "0.3")


def picture(number: int) -> bytes:
    """A part: dark if it is good, bright if it is cracked."""
    low = 150 if is_cracked(number) else 40
    pixels = np.random.default_rng(number).integers(low, low + 40, (24, 24, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def is_cracked(number: int) -> bool:
    return number % 2 == 1


class Line:
    """A gateway before two model servers: one with version 1, the other one with what was learnt since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results, self.routes = folder / "results", folder / "routes.yaml"
        self.gateway: RunningGateway
        self.cracked: dict[str, bool] = {}
        """By inspection: what is true of the part."""

    def route(self, server: ModelServer, **others: Any) -> None:
        """Writes the routes."""
        own = {"model": "tile", "upstream": server.address, "version": 1, "timeout_ms": 20_000, "audit": 1.0}
        components = {"tile": {**own, "recording": "committed", **others}}
        self.routes.write_text(yaml.safe_dump({"components": components}))

    def inspect(self, numbers: range) -> list[dict[str, Any]]:
        """Sends a picture of each unit."""
        found = []
        for number in numbers:
            url, origin = f"{self.gateway.url}/v1/inspect/tile", {"unit": f"SN{number}"}
            answer = requests.post(url, params=origin, data=picture(number), timeout=30)
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            self.cracked[found[-1]["id"]] = is_cracked(number)
        return found

    def judge_all(self) -> int:
        """A person judges whatever waits, by what is true."""
        judged = 0
        while True:
            part = self.post("/v1/reviews/next", who="Ada")
            if part["inspection"] is None:
                return judged
            cracked = self.cracked[part["inspection"]]
            said = {"verdict": "defect", "defect": "crack"} if cracked else {"verdict": "good"}
            self.post(f"/v1/inspections/{part['inspection']}/judgements", who="Ada", **said)
            judged += 1

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.gateway.url}{path}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def aoi(self, *words: object) -> in_process.Ended:
        """`aoi results`, about these results."""
        return in_process.aoi("results", *words, "--results", self.results)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learning")


@pytest.fixture(scope="module")
def old() -> Iterator[ModelServer]:
    """The version in service lets everything pass."""
    with ModelServer() as server:
        server.outputs = scores_of(0.05)
        yield server


@pytest.fixture(scope="module")
def line(folder: Path, old: ModelServer) -> Line:
    """A line of which every part was judged, and a data set of that."""
    one = Line(folder)
    one.route(old)
    with RunningGateway(one.routes, results=one.results) as one.gateway:
        assert {found["verdict"] for found in one.inspect(range(UNITS))} == {"PASS"}
        assert one.judge_all() == UNITS
        place = {"component": "tile", "model": "tile", "version": 1, "head": "defect"}
        one.post("/v1/limits", **place, threshold=0.5, seen=0, who="Ada", why="for version 1 alone")
    written = one.aoi("dataset", "tile", "--out", folder / "set")
    assert written.returncode == 0, written.stderr
    return one


def learnt(folder: Path) -> Path:
    """Trains on the data set, and exports what came out, as version 2."""
    out, table, base = folder / "trained", folder / "set" / "parts.csv", folder / "models"
    trained = in_process.aoi("train", "folder", table, "--profile", "ci", "--backbone", "mobilenet-0.25", "--out", out)
    assert trained.returncode == 0, trained.stderr
    exported = in_process.aoi("export", out / "model.keras", "--name", "tile", "--base-path", base, "--version", 2)
    assert exported.returncode == 0, exported.stderr
    return base / "tile" / "2"


def shadows(line: Line, count: int) -> int:
    """Waits until all shadows are recorded, and gives how many there are."""
    url = f"{line.gateway.url}/v1/inspections?role=shadow&limit=1000"
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        found = len(requests.get(url, timeout=30).json()["records"])
        if found == count:
            break
        time.sleep(0.1)
    return found


def test_judgements_become_a_model_that_takes_over(line: Line, folder: Path, old: ModelServer) -> None:
    about = json.loads((folder / "set" / "dataset.json").read_text())
    version = learnt(folder)
    units = manifests.read(version).units
    assert units is not None
    assert units == training_report.read(folder / "trained").units
    assert (units.key, units.held_out) == (about["held_out"]["key"], about["held_out"]["sha256"])
    with EmbeddedServer({"tile": version.parent}) as new:
        shadow = {"upstream": new.grpc, "version": 2}
        line.route(old, shadow=shadow, canary={**shadow, "share": 0.3})
        with RunningGateway(line.routes, results=line.results) as line.gateway:
            answered = line.inspect(range(UNITS, 2 * UNITS))
            by_canary = [one for one in answered if one["canary"]]
            assert 10 < len(by_canary) < 45
            judged_by = {(one["model"]["version"], one["heads"][0]["limits_from"]) for one in answered}
            assert judged_by == {(1, "station"), (2, "manifest")}, "nothing of version 1 judges version 2"
            assert shadows(line, UNITS) == UNITS
            assert line.judge_all() == UNITS
            early = line.aoi("compare", "tile", "--routes", line.routes, *MARGINS)
            assert (early.returncode, "first make or confirm the limits of tile 2" in early.stdout) == (5, True)
            confirmed = manifests.read(version).heads[0]
            place = {"component": "tile", "model": "tile", "version": 2, "head": confirmed.name}
            as_learnt = {"threshold": confirmed.threshold, "review_band": confirmed.review_band}
            line.post("/v1/limits", **place, **as_learnt, seen=0, who="Ada", why="as it learnt")
        ended = line.aoi("compare", "tile", "--routes", line.routes, *MARGINS)
        assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
        assert ended.stdout.splitlines()[-1] == "so: promote tile 2"
        assert f"both saw {UNITS - len(by_canary)} pictures" in ended.stdout
        fault = ("--model", "tile", "--version", "1")
        passed = line.aoi("affected", *fault, "--json").stdout.splitlines()
        assert len(passed) == 2 * UNITS - len(by_canary)
        found = json.loads(line.aoi("reinspect", *fault, "--grpc", new.grpc, "--ask", "tile:2", "--json").stdout)
        assert {one["passed"]["judged"] for one in found["changed"]} == {"crack"}
        assert (found["asked"], found["gone"]) == (len(passed), [])


def test_a_candidate_that_learnt_from_what_was_held_out_is_refused(line: Line, folder: Path, old: ModelServer) -> None:
    """Somebody moved a row of the table to what is learnt from."""
    table = folder / "set" / "parts.csv"
    moved = next(row for row in table.read_text().splitlines() if ",test," in row)
    (folder / "set" / "moved.csv").write_text(table.read_text().replace(moved, moved.replace(",test,", ",train,")))
    units = load(folder / "set" / "moved.csv").units
    old.states[3], old.manifests[3] = "AVAILABLE", msgspec.structs.replace(manifest(3), units=units).to_json()
    line.route(old, shadow={"version": 3})
    refused = line.aoi("compare", "tile", "--routes", line.routes, *MARGINS)
    assert refused.returncode == 1
    assert "error: tile 3 learnt from 1 units that are held out for testing" in refused.stderr
    assert moved.rpartition(",")[2] in refused.stderr
