"""A line that lost all it had is there again: its rows, its pictures, what people judged, and the model that judges.

What `aoi results backup` wrote brings back results; the registry, whose objects never change, comes back as the copy of
its folder.
"""

import asyncio
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from PIL import Image

from aoi_modules.child_process import ChildProcess
from aoi_modules.gateway.launcher import RunningGateway
from tests import in_process, services
from tests.client.servables import write_lamp
from tests.postgresql import PostgreSQL
from tests.results.table_contents import Content, contents

pytestmark = pytest.mark.timeout(300)

LEVELS = (10, 60, 110, 125, 140, 180, 220, 250)
"""Gray levels of the parts; from the middle on there is glare."""


def part(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8), level).save(file, "png")
    return file.getvalue()


def said(*words: object) -> str:
    """What a command that has to succeed says."""
    ended = in_process.aoi(*words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


class Line:
    """A line whose registry, models, spool, pictures and database are in a folder; or the database elsewhere.

    Args:
        folder: of all of it.
        database: by URL or path.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.registry, self.models, self.results = folder / "registry", folder / "models", folder / "results"

    def places(self) -> tuple[str, ...]:
        return ("--results", str(self.results), "--database", self.database)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Brings the stable model from the registry, and serves it behind a gateway; the gateway's address."""
        said("registry", "pull", "lamp:stable", "--base-path", self.models, "--registry", self.registry)
        if "://" in self.database:
            said("results", "migrate", "--database", self.database)
        flags = ("--port=any", "--rest_api_port=any", "--model_name=lamp", f"--model_base_path={self.models / 'lamp'}")
        with ChildProcess(["serve", *flags]) as server:
            lamp = {"model": "lamp", "upstream": f"127.0.0.1:{server.ports['grpc']}", "timeout_ms": 60_000}
            routes = {"components": {"lamp": {**lamp, "audit": 1.0, "store": "all", "recording": "committed"}}}
            (self.folder / "routes.yaml").write_text(yaml.safe_dump(routes))
            with RunningGateway(self.folder / "routes.yaml", results=self.results, database=self.database) as gateway:
                yield gateway.url


def inspect(url: str, number: int) -> dict[str, Any]:
    """Sends a part as a unit of its own."""
    answer = requests.post(
        f"{url}/v1/inspect/lamp", params={"unit": f"SN{number}"}, data=part(LEVELS[number]), timeout=60
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def judge(url: str, inspection: str, **opinion: str) -> None:
    answer = requests.post(f"{url}/v1/inspections/{inspection}/judgements", json={"who": "Ada", **opinion}, timeout=60)
    assert answer.status_code == 200, answer.text


def get(url: str) -> Any:
    answer = requests.get(url, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


@dataclass(frozen=True)
class Kept:
    """What is left of a line, and what it was like.

    Args:
        backup: of its results.
        registry: a copy of the folder.
        content: of its tables.
        answers: about its parts.
        quality: by what people said about them.
    """

    backup: Path
    registry: Path
    content: Content
    answers: list[dict[str, Any]]
    quality: Any


def keep(line: Line, servable: Path, folder: Path) -> Kept:
    """Lets a line judge its parts, a person each second one, and copies what it has into a folder."""
    said("registry", "push", servable, "--registry", line.registry)
    said("registry", "label", "lamp", "stable", 1, "--registry", line.registry)
    with line.running() as url:
        answers = [inspect(url, number) for number in range(len(LEVELS))]
        for number in range(0, len(LEVELS), 2):
            bad = {"verdict": "defect", "defect": "glare"}
            judge(url, answers[number]["id"], **({"verdict": "good"} if LEVELS[number] < 128 else bad))
        quality = get(f"{url}/v1/quality?by=version")
    said("results", "backup", folder / "backup.tar", *line.places())
    shutil.copytree(line.registry, folder / "registry")
    content = asyncio.run(contents(line.database))
    return Kept(folder / "backup.tar", folder / "registry", content, answers, quality)


def restore(line: Line, kept: Kept) -> None:
    """Brings all of it back, and looks at it as people and machines do."""
    line.folder.mkdir()
    said("results", "restore", kept.backup, *line.places())
    shutil.copytree(kept.registry, line.registry)
    assert asyncio.run(contents(line.database)) == kept.content
    with line.running() as url:
        first = f"{url}/v1/inspections/{kept.answers[0]['id']}"
        assert [(one["who"], one["verdict"]) for one in get(f"{first}/judgements")["judgements"]] == [("Ada", "good")]
        picture = requests.get(f"{first}/picture", timeout=60)
        assert (picture.status_code, picture.content) == (200, part(LEVELS[0]))
        assert get(f"{url}/v1/quality?by=version") == kept.quality
        assert [told(inspect(url, number)) for number in range(len(LEVELS))] == list(map(told, kept.answers))


def told(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What an answer says of the part, and which model said it."""
    return answer["verdict"], answer["model"], answer["heads"]


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lamp(tmp_path_factory.mktemp("source")) / "1"


@pytest.mark.slow
def test_a_line_on_sqlite_is_there_again(tmp_path: Path, lamp: Path) -> None:
    line = Line(tmp_path / "line", str(tmp_path / "line" / "results.sqlite"))
    kept = keep(line, lamp, tmp_path)
    shutil.rmtree(line.folder)
    restore(line, kept)


@services.need(services.POSTGRESQL)
def test_a_line_on_postgresql_is_there_again(tmp_path: Path, lamp: Path, postgresql: PostgreSQL) -> None:
    line = Line(tmp_path / "line", postgresql.new_database())
    kept = keep(line, lamp, tmp_path)
    shutil.rmtree(line.folder)
    postgresql.drop_databases()
    line.database = postgresql.new_database()
    restore(line, kept)
