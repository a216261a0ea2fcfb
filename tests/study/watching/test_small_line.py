"""A small line starts, its routes change while it runs, and each fault does what it says and is taken back."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from aoi_modules.errors import CourseError
from aoi_modules.study.watching import log_files
from aoi_modules.study.watching.faults import AWAY, DRIFT, SLOW, VERSION, Lamp, injected
from aoi_modules.study.watching.shift import NORMAL, run_shift
from aoi_modules.study.watching.small_line import SmallLine
from tests.study.watching.lines import ROUTES, write_models

pytestmark = pytest.mark.slow
LONG_SECONDS = 240.0


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLine]:
    folder = tmp_path_factory.mktemp("line")
    routes = {name: dict(route) for name, route in ROUTES.items()}
    with SmallLine(folder / "line", write_models(folder / "models"), routes) as line:
        yield line


def gray(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8), level).save(file, "PNG")
    return file.getvalue()


def inspected(line: SmallLine, component: str) -> requests.Response:
    return requests.post(f"{line.url}/v1/inspect/{component}", data=gray(80), timeout=LONG_SECONDS)


def test_all_services_say_what_they_do(line: SmallLine) -> None:
    assert inspected(line, "tile").json()["model"]["version"] == 1
    until = time.monotonic() + LONG_SECONDS
    while not log_files.having(log_files.read(line.logs), event="inspected") and time.monotonic() < until:
        time.sleep(0.05)  # the gateway answers first, and writes its line then
    lines = log_files.read(line.logs)
    assert {one["service"] for one in lines} == {"gateway", "model-server", "model-sync"}
    brought = log_files.having(lines, service="model-sync", event="brought")
    assert sorted((one["model"], one["version"]) for one in brought) == [("lamp", 1), ("tile", 1), ("tile", 2)]
    assert log_files.having(lines, service="gateway", event="inspected", component="tile")
    served = requests.get(f"http://{line.rest}/monitoring/prometheus/metrics", timeout=LONG_SECONDS).text
    assert ':aoi:serving:batch_rows{model_name="tile",version="2"}' in served


def test_a_server_that_is_not_there_costs_one_component(line: SmallLine) -> None:
    with injected(AWAY, line, Lamp()):
        assert inspected(line, "shirt").status_code == 503
        assert inspected(line, "tile").status_code == 200
    assert inspected(line, "shirt").status_code == 200


def test_a_bad_version_fails_what_the_good_one_lets_pass(line: SmallLine) -> None:
    with injected(VERSION, line, Lamp()):
        bad = inspected(line, "tile").json()
    good = inspected(line, "tile").json()
    assert (bad["model"]["version"], bad["verdict"]) == (2, "FAIL")
    assert (good["model"]["version"], good["verdict"]) == (1, "PASS")


def test_a_slow_server_stands_still_and_goes_on(line: SmallLine) -> None:
    def state() -> str:
        return Path(f"/proc/{line.server_pid}/stat").read_text().rpartition(")")[2].split()[0]

    with injected(SLOW, line, Lamp()):
        until = time.monotonic() + LONG_SECONDS
        while state() != "T" and time.monotonic() < until:
            time.sleep(0.02)
        assert state() == "T" or time.monotonic() < until
    assert inspected(line, "tile").status_code == 200


def test_a_lamp_is_dim_for_as_long_as_it_was_told(line: SmallLine) -> None:
    lamp = Lamp()
    with injected(DRIFT, line, lamp):
        assert lamp.dim
    assert not lamp.dim


def test_a_shift_has_its_stretches_in_order(line: SmallLine) -> None:
    ran = run_shift(line, {"tile": [gray(80)], "shirt": [gray(200)]}, [DRIFT, AWAY], 0.3)
    assert ran.faults == {"A": DRIFT, "B": AWAY}
    assert list(ran.moments) == [NORMAL, "A", "B"]
    moments = [moment for stretch in ran.moments.values() for moment in stretch]
    assert moments == sorted(moments)
    assert (ran.moments[NORMAL][0], ran.moments["B"][1]) == (ran.begun, ran.ended)
    assert ran.units > 0
    of_cameras = [one for one in log_files.read(line.logs) if str(one.get("request_id", "")).startswith("tile-0")]
    assert of_cameras, "each picture has a request of its own"


def test_routes_that_cannot_be_are_said(line: SmallLine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("aoi_modules.study.watching.small_line.SECONDS", 1.0)
        with pytest.raises(CourseError, match="took no changed routes"):
            line.change({"tile": {"version": "a"}})
    line.change({})
