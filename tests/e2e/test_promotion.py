"""A pipeline on real tiles: a worse model is refused at its gate, a better one becomes canary, and takes over.

The line is a registry in a folder, a sync, `aoi serve`, and a gateway whose parts people judge. Tiles are the real ones
where they are, drawn ones elsewhere.
"""

import csv
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from sqlalchemy import insert

from aoi_modules.child_process import ChildProcess
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.datasets import magnetic_tile
from aoi_modules.errors import RpcError
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import keys
from aoi_modules.sync.looping import Looping
from aoi_modules.sync.rounds import Place
from aoi_modules.sync.servers import Servers
from tests import in_process
from tests.results.conftest import with_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

FIRST, LEARNT, FRESH, WATCHED = 12, 160, 48, 64
"""Tiles of each kind, good and defective: those of the first model, those that others learn from once people judged
them, those that come then, and those that a canary sees."""
KEY = bytes(range(32)).hex()
"""The line's, which deals its units: by one of chance others would teach and test each time, and all figures differ."""
PATIENCE = 300.0
"""A machine that does much else meanwhile is no failure."""
GATE = """\
held_out: {escape: 0.1, overkill: 0.3, least: 30}
latency: null
size: {ratio: 1.5}
drift: 4.0
signed: true
station: {escape: 0.4, overkill: 0.3, judged: 50}
"""
Tile = tuple[bytes, bool]
"""A picture, and whether the part is good."""


def tiles() -> Iterator[list[Tile]]:
    """Tiles of each purpose, as many good as defective ones; none is in two of them."""
    split = magnetic_tile.load()
    tables = (split.train, split.validation, split.test)
    every = [(table.encoded(row), table.label_name(row) == "good") for table in tables for row in range(len(table))]
    good, bad = ([tile for tile in every if tile[1] is wanted] for wanted in (True, False))
    spread = max(1, len(bad) // (FIRST + LEARNT + FRESH + WATCHED))
    good, bad, start = good[::spread], bad[::spread], 0
    for count in (FIRST, LEARNT, FRESH, WATCHED):
        yield [tile for pair in zip(good[start:], bad[start : start + count], strict=False) for tile in pair]
        start += count


def write_set(folder: Path, rows: list[Tile]) -> Path:
    """A data set that somebody labelled before there was a line; every fourth part decides, the others teach."""
    (folder / "pictures").mkdir(parents=True)
    table = [("path", "label", "split")]
    for number, (content, good) in enumerate(rows):
        (folder / f"pictures/{number}.jpg").write_bytes(content)
        part = ("test", "validation", "train", "train")[number // 2 % 4]
        table.append((f"pictures/{number}.jpg", "good" if good else "defect", part))
    with (folder / "parts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table)
    return folder / "parts.csv"


def mislabelled(table: Path) -> Path:
    """The same set where somebody mixed up good and defect in what is learnt from; what tests is as it was."""
    rows = list(csv.reader(table.read_text().splitlines()))
    header, *parts = rows
    for row in parts:
        if row[2] != "test":
            row[1] = "defect" if row[1] == "good" else "good"
    written = table.with_name("mislabelled.csv")
    with written.open("w", newline="") as file:
        csv.writer(file).writerows([header, *parts])
    return written


def said(*words: object) -> str:
    """What a command that has to succeed says."""
    ended = in_process.aoi(*words)
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
    return ended.stdout


class Line:
    """A registry, a model server that follows it, and a gateway."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry, self.results, self.routes = folder / "registry", folder / "results", folder / "routes.yaml"
        self.key, self.public = folder / "release.pem", folder / "release.pem.pub"
        said("registry", "keys", self.key)
        self.gateway: RunningGateway
        self.good: dict[str, bool] = {}
        self.units = 0

    def learnt(self, name: str, table: Path, escape: float) -> int:
        """Trains for a share of escapes, exports, pushes and signs; the number of the version."""
        words = ("--profile", "ci", "--backbone", "mobilenet-0.25", "--target-escape", escape, "--good", "good")
        said("train", "folder", table, *words, "--out", self.folder / name)
        base = self.folder / f"{name}-servable"
        said("export", self.folder / name / "model.keras", "--name", "tile", "--base-path", base)
        pushed = said("registry", "push", base / "tile" / "1", "--key", self.key, "--registry", self.registry)
        return int(pushed.strip().partition(":")[2])

    def route(self, address: str, **others: Any) -> None:
        own = {"model": "tile", "upstream": address, "label": "stable", "timeout_ms": 60_000, "audit": 1.0}
        tile = {**own, "store": "all", "recording": "committed", **others}
        self.routes.write_text(yaml.safe_dump({"components": {"tile": tile}}))

    def inspect(self, parts: list[Tile]) -> list[dict[str, Any]]:
        """Sends each picture as a unit of its own, though a tile has six: this shows a way, and no model's worth."""
        found = []
        for content, good in parts:
            self.units += 1
            url = f"{self.gateway.url}/v1/inspect/tile"
            answer = requests.post(url, params={"unit": f"SN{self.units}"}, data=content, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            self.good[found[-1]["id"]] = good
        return found

    def judge_all(self) -> int:
        judged = 0
        while (part := self.post("/v1/reviews/next", who="Ada"))["inspection"] is not None:
            good = self.good[part["inspection"]]
            opinion = {"verdict": "good"} if good else {"verdict": "defect", "defect": "defect"}
            self.post(f"/v1/inspections/{part['inspection']}/judgements", who="Ada", **opinion)
            judged += 1
        return judged

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.gateway.url}{path}", json=body, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def promote(self, *words: object) -> in_process.Ended:
        """`aoi promote tile`, of this line."""
        places = ("--registry", self.registry, "--results", self.results, "--routes", self.routes)
        keys = ("--key", self.key, "--public-key", self.public, "--report", self.folder / "promotion.html")
        return in_process.aoi("promote", "tile", "--gate", self.folder / "gate.yaml", *words, *places, *keys)

    @contextmanager
    def served(self) -> Iterator[str]:
        """A model server whose folder follows the registry; its address."""
        objects, models = open_registry(str(self.registry)), self.folder / "models"
        here = Place(models, models / "models.config", models)
        Looping(objects, here, Servers([])).once()
        flags = ("--model_config_file_poll_wait_seconds=0.2", "--allow_version_labels_for_unavailable_models=true")
        command = ["serve", "--port=any", "--rest_api_port=any", f"--model_config_file={here.config}", *flags]
        with ChildProcess(command, ready_seconds=PATIENCE) as server:
            address = f"127.0.0.1:{server.ports['grpc']}"
            loop = Looping(objects, here, Servers([address]))
            thread = threading.Thread(target=loop.run, args=(0.3,))
            thread.start()
            try:
                yield address
            finally:
                loop.stop()
                thread.join(60)
        objects.close()

    def labels(self) -> dict[str, int]:
        rows = json.loads(said("registry", "list", "tile", "--json", "--registry", self.registry))
        return {label: row["version"] for row in rows for label in row["labels"]}


async def set_key(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(keys).values(name="split", value=KEY))


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.2)


def version_of(endpoint: Endpoint) -> int | None:
    """Which version answers there; None while none does."""
    try:
        with GrpcClient(endpoint) as client:
            return client.manifest().version
    except RpcError:
        return None


def by_stable(answer: dict[str, Any]) -> int | None:
    """The version that answered, if it was not the canary."""
    return None if answer["canary"] else answer["model"]["version"]


def states(ended: in_process.Ended) -> dict[str, str]:
    """Each rule and its state, of `--json`."""
    assert ended.stdout, ended.stderr
    return {one["rule"]: one["state"] for one in json.loads(ended.stdout)["findings"]}


def test_a_worse_model_is_refused_and_a_better_one_arrives_on_the_line(tmp_path: Path) -> None:
    line = Line(tmp_path)
    (tmp_path / "gate.yaml").write_text(GATE)
    few, to_learn, fresh, to_watch = tiles()
    first = line.learnt("first", write_set(tmp_path / "few", few), escape=0.02)
    said("registry", "label", "tile", "stable", first, "--key", line.key, "--registry", line.registry)
    with line.served() as address:
        line.route(address)
        with RunningGateway(line.routes, results=line.results) as line.gateway:
            with_database(line.results / "results.sqlite", set_key)
            assert {one["model"]["version"] for one in line.inspect(to_learn)} == {first}
            assert line.judge_all() == len(to_learn)
            said("results", "dataset", "tile", "--out", tmp_path / "set", "--results", line.results)
            better = line.learnt("better", tmp_path / "set" / "parts.csv", escape=0.02)
            worse = line.learnt("worse", mislabelled(tmp_path / "set" / "parts.csv"), escape=0.5)
            assert {one["model"]["version"] for one in line.inspect(fresh)} == {first}
            assert line.judge_all() == len(fresh)

        refused = line.promote("--to", "canary", "--candidate", worse, "--json")
        assert refused.returncode == 3, f"{refused.stdout}{refused.stderr}"
        assert {states(refused)[rule] for rule in ("origin", "signed", "parity", "size")} == {"passed"}
        assert "failed" in {states(refused)[rule] for rule in ("escape", "overkill")}
        assert line.labels() == {"stable": first}

        passed = line.promote("--to", "canary", "--candidate", better, "--json")
        assert passed.returncode == 0, f"{passed.stdout}{passed.stderr}"
        assert set(states(passed).values()) == {"passed"}
        assert line.labels() == {"stable": first, "canary": better}

        canary = {"label": "canary"}
        line.route(address, shadow=canary, canary={**canary, "share": 0.2})
        wait_for(lambda: version_of(Endpoint(address, "tile", label="canary", timeout=PATIENCE)) == better)
        with RunningGateway(line.routes, results=line.results) as line.gateway:
            answered = line.inspect(to_watch)
            assert {one["model"]["version"] for one in answered} == {first, better}
            shadows = f"{line.gateway.url}/v1/inspections?role=shadow&limit=1000"
            wait_for(lambda: len(requests.get(shadows, timeout=PATIENCE).json()["records"]) == len(to_watch))
            assert line.judge_all() == len(to_watch)
            watched = ("--to", "stable", "--gateway", line.gateway.url)
            early = line.promote(*watched, "--json")
            assert early.returncode == 5, f"{early.stdout}{early.stderr}"
            head = manifests.read(tmp_path / "models" / "tile" / str(better)).heads[0]
            place = {"component": "tile", "model": "tile", "version": better, "head": head.name}
            as_learnt = {"threshold": head.threshold, "review_band": head.review_band}
            line.post("/v1/limits", **place, **as_learnt, seen=0, who="Ada", why="as it learnt")
            done = line.promote(*watched)
            assert done.returncode == 0, f"{done.stdout}{done.stderr}"
            assert line.labels() == {"stable": better, "canary": better}
            wait_for(lambda: by_stable(line.inspect(to_watch[:1])[0]) == better)
    page = (tmp_path / "promotion.html").read_text()
    assert f"tile {better} to stable" in page
    history = said("registry", "show", f"tile:{better}", "--registry", line.registry)
    assert f"label stable to version {better}" in history
    assert "passed its gate: promotion.html, sha256 " in history
