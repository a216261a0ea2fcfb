"""`aoi logs`: what people and programs get. What is found is tested in tests/log_store/test_trail.py."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.log_store.victoria import LogStore
from tests import in_process, services
from tests.log_store.stores import VictoriaLogs, line

ID = "0196b2d4a0c17c3e9d5a4b6f8e21037f"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VictoriaLogs]:
    with VictoriaLogs(tmp_path) as real, LogStore(real.url) as pushed:
        about: dict[str, Any] = {"request_id": "r1", "model": "tile", "version": 3}
        pushed.push(
            [
                line("brought", "model-sync", model="tile", version=3),
                line("brought", "model-sync", model="tile", version=4),
                line("slow", "model-server", ms=1200, **about),
                line("inspected", inspection=ID, verdict="PASS", unit="two words", **about),
                line("inspected", inspection="other", request_id="r2"),
            ]
        )
        real.wait_for("*", 5)
        yield real


@services.need(services.VICTORIA_LOGS)
def test_people_get_rows_and_programs_get_all_fields(store: VictoriaLogs) -> None:
    done = in_process.aoi("logs", ID, "--store", store.url)
    assert (done.returncode, done.stderr) == (0, "")
    rows = done.stdout.splitlines()
    assert [row.split()[1:4] for row in rows] == [
        ["model-sync", "info", "brought"],
        ["model-server", "info", "slow"],
        ["gateway", "info", "inspected"],
    ]
    assert rows[-1].endswith(f"inspection={ID} model=tile unit='two words' verdict=PASS version=3")
    told = json.loads(in_process.aoi("logs", "r1", "--store", store.url, "--json").stdout)
    assert (told["about"], len(told["lines"]), len(told["queries"])) == ("r1", 3, 2)
    assert told["lines"][1]["fields"]["ms"] == "1200"


@services.need(services.VICTORIA_LOGS)
def test_what_nobody_spoke_of_is_one_sentence(store: VictoriaLogs) -> None:
    done = in_process.aoi("logs", "nobody", "--store", store.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: the log store {store.url} has no line about nobody\n")


def test_a_store_that_is_away_is_one_sentence(free_port: int) -> None:
    done = in_process.aoi("logs", ID, "--store", f"http://127.0.0.1:{free_port}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == f"error: the log store http://127.0.0.1:{free_port}: nobody answers there"
    assert "Traceback" not in done.stderr
