"""`aoi watch` in front of a real gateway: lines, JSON, waiting, refusals, wrong usage."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from aoi_modules.cli import aoi
from aoi_modules.client.folder_station import FolderStation, Naming, Part, Result
from aoi_modules.commands.asking.watch import _inspect_all
from aoi_modules.errors import RpcError, TooSlow
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes

WATCH = [sys.executable, "-c", "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()", "watch"]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with ModelServer() as server:
        routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
        routes.write_text(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
        with RunningGateway(routes) as gateway:
            yield gateway


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture_bytes())
    (folder / "b.png").write_bytes(b"no picture")
    return folder


def test_each_file_gets_a_line_and_its_place(gateway: RunningGateway, drop: Path) -> None:
    run = CliRunner().invoke(aoi, ["watch", str(drop), "--gateway", gateway.url, "--component", "tile", "--once"])
    assert run.exit_code == 0, run.output
    first, second = sorted(run.stdout.splitlines())
    assert first == "PASS    a.png"
    assert second.startswith("REFUSED b.png: expected a PNG, JPEG or BMP picture")
    assert (drop / "done" / "a.png").is_file()
    assert (drop / "refused" / "b.png").is_file()


def test_machines_read_json(gateway: RunningGateway, drop: Path) -> None:
    pattern = r"(?P<unit>[a-z])\.png"
    run = CliRunner().invoke(
        aoi,
        ["watch", str(drop), "--gateway", gateway.url, "--component", "tile", "--pattern", pattern, "--once", "--json"],
    )
    found = {result["file"]: result for result in map(json.loads, run.stdout.splitlines())}
    assert (found["a.png"]["unit"], found["a.png"]["inspection"]["verdict"]) == ("a", "PASS")
    assert found["b.png"]["inspection"] is None


def test_a_gateway_that_comes_later_gets_everything(tmp_path: Path, drop: Path, free_port: int) -> None:
    arguments = [str(drop), "--gateway", f"http://127.0.0.1:{free_port}", "--component", "tile", "--once"]
    with subprocess.Popen([*WATCH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert "waiting: no gateway answers" in run.stderr.readline()
        assert sorted(path.name for path in drop.iterdir()) == ["a.png", "b.png"]
        with ModelServer() as server:
            routes = tmp_path / "routes.yaml"
            routes.write_text(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
            command = [*WATCH[:-1], "gateway", "--routes", str(routes), "--port", str(free_port)]
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as gateway:
                out, _ = run.communicate(timeout=60)
                gateway.terminate()
    assert run.returncode == 0
    assert len(out.splitlines()) == 2


def test_what_ails_one_picture_does_not_hold_up_the_others(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode())

    def ask(part: Part, picture: bytes, key: str) -> Inspection:
        if picture == b"a.png":
            raise TooSlow("the model server did not answer")
        model = ModelVersion(name="tile", version=1)
        return Inspection(component=part.component, verdict=Verdict.PASS, model=model, heads=())

    shown: list[Result] = []
    station = FolderStation(tmp_path, Naming("tile"), ask, settle_seconds=0)
    assert _inspect_all(station, shown.append) == {"the model server did not answer"}
    assert [result.file for result in shown] == ["b.png"]
    assert (tmp_path / "a.png").is_file()


def test_files_that_come_while_it_watches_are_inspected(gateway: RunningGateway, tmp_path: Path) -> None:
    arguments = [str(tmp_path), "--gateway", gateway.url, "--component", "tile"]
    with subprocess.Popen([*WATCH, *arguments], stdout=subprocess.PIPE, text=True) as run:

        def drop_slowly() -> None:
            time.sleep(0.5)
            whole = picture_bytes("PNG", (64, 64))
            with (tmp_path / "late.png").open("wb") as file:
                for start in range(0, len(whole), 100):
                    file.write(whole[start : start + 100])
                    file.flush()
                    time.sleep(0.1)

        dropping = threading.Thread(target=drop_slowly)
        dropping.start()
        assert run.stdout is not None
        assert run.stdout.readline() == "PASS    late.png\n"
        dropping.join()
        run.terminate()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--component", "tile", "nowhere"], "FOLDER: expected a folder that exists"),
        (["."], "--component: expected either one for all files"),
        (["--pattern", "(", "."], "expected a regular expression. Received: '('"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], told: str) -> None:
    run = CliRunner().invoke(aoi, ["watch", "--gateway", "http://127.0.0.1:1", *arguments])
    assert run.exit_code == 2
    assert told in " ".join(run.output.split())


def test_files_of_a_locked_component_wait_and_one_question_tells_that(tmp_path: Path) -> None:
    asked: list[str] = []
    for name in ("board_1.png", "tile_1.png", "tile_2.png"):
        (tmp_path / name).write_bytes(name.encode())

    def ask(part: Part, picture: bytes, key: str) -> Inspection:
        asked.append(part.component)
        if part.component == "tile":
            raise RpcError("FAILED_PRECONDITION", "tile is locked: it was never checked")
        model = ModelVersion(name="board", version=1)
        return Inspection(component="board", verdict=Verdict.PASS, model=model, heads=())

    naming = Naming(None, re.compile(r"(?P<component>[a-z]+)_.*"))
    station, shown = FolderStation(tmp_path, naming, ask, settle_seconds=0.0), list[Result]()
    assert _inspect_all(station, shown.append) == {"tile is locked: it was never checked"}
    assert (sorted(asked), [result.file for result in shown]) == (["board", "tile"], ["board_1.png"])
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["tile_1.png", "tile_2.png"]
