"""The whole line, every part for real: it starts, is watched, ends in order, and goes on with what it had."""

import os
import random
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.line.lines import gone, line, stored

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PARTS = {"model sync", "model server", "gateway 1", "gateway 2"}


def test_a_line_starts_shows_its_verdicts_and_ends_in_order(course: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with line(course, home, "--rate", "10", "--faults", "broken=0.2") as running:
        pids = running.pids()
        assert set(pids) >= PARTS
        ready = running.all("ready")[0]
        where = {one["part"]: one["where"] for one in ready["parts"]}
        seen = running.wait_for("inspected", 8)
        assert {one["camera"] for one in seen} == {"camera-1", "camera-2"}
        for gateway in ("gateway 1", "gateway 2"):
            told = requests.get(f"{where[gateway]}v1/inspections?limit=200", timeout=30).json()["records"]
            kept = {one["id"]: one for one in told}
            shared = [one for one in seen if one["inspection"]["id"] in kept]
            assert {one["camera"] for one in shared} == {"camera-1", "camera-2"}, "they share their database"
        page = requests.get(f"{ready['page']}live", timeout=30).text
        assert "Models: tile 1 (size ci, drawn pictures)" in page
        assert "known: " in page
        assert running.end(signal.SIGTERM) == 0
    assert gone(list(pids.values()))
    ended = running.all("ended")[0]
    answered = {one["inspection"]["id"] for one in running.all("inspected")}
    assert ended["inspected"] == len(answered)
    assert (ended["refused"] > 0, ended["failed"]) == (True, 0)
    with line(course, home) as again:
        again.wait_for("inspected")
        again.until(lambda: answered <= stored(home), "what was answered before is in the database")


def test_asked_to_stop_at_random_moments_nothing_is_lost(course: Path, tmp_path: Path) -> None:
    home, chance, answered = tmp_path / "home", random.Random(), set[str]()
    for _ in range(3):
        with line(course, home, "--rate", "20") as running:
            time.sleep(chance.uniform(0, 12))
            code = running.end()
        assert code == 0 or not running.events, "before anything began it ends as every command does"
        answered |= {one["inspection"]["id"] for one in running.all("inspected")}
    with line(course, home, "--rate", "1") as last:
        last.wait_for("inspected")
        last.until(lambda: answered <= stored(home), "nothing is lost")
        notes = [one["words"] for one in last.all("note")]
        assert "the pictures of tile are drawn: its data set is not on this machine" in notes
        assert not any(one.startswith("pushed") for one in notes) or not answered, "nothing is pushed twice"


def test_nothing_is_left_when_the_line_is_killed(course: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with line(course, home, "--rate", "20", "--faults", "slow=0.4") as running:
        pids = running.pids()
        assert "slow model" in pids
        running.until(lambda: any(map(slow, running.all("inspected"))), "a picture met a server that stood still")
        running.process.kill()
        assert gone(list(pids.values()))
        answered = {one["inspection"]["id"] for one in running.all("inspected")}
    with line(course, home) as again:
        again.wait_for("inspected")
        again.until(lambda: answered <= stored(home), "nothing is lost")


def slow(inspected: Mapping[str, Any]) -> bool:
    """Whether an inspection took longer than models ever do."""
    return float(inspected["inspection"]["elapsed_ms"]) > 1000


@pytest.mark.parametrize("part", ["gateway 2", "model server"])
def test_a_part_that_dies_ends_the_line_with_its_last_words(course: Path, tmp_path: Path, part: str) -> None:
    with line(course, tmp_path / "home") as running:
        pids = running.pids()
        running.wait_for("inspected")
        os.kill(pids[part], signal.SIGKILL)
        assert running.ended() == 1
    assert f"the {part} ended with exit code -9. The end of {tmp_path / 'home' / 'logs'}" in running.said
    assert "what was inspected is kept" in running.said
    assert gone(list(pids.values()))


def test_a_home_in_use_and_a_taken_port_are_one_sentence(course: Path, tmp_path: Path) -> None:
    with line(course, tmp_path / "home") as running:
        port = running.wait_for("ready")[0]["page"].rstrip("/").rpartition(":")[2]
        with line(course, tmp_path / "home") as second:
            assert second.ended() == 1
        assert second.said.splitlines()[0] == f"error: {tmp_path / 'home'}: another line runs there"
        with line(course, tmp_path / "other", ports=(port, "any")) as third:
            assert third.ended() == 1
        assert f"error: --port {port}: the first gateway cannot listen on 127.0.0.1:{port}: " in third.said
        assert "--port any takes free ports" in third.said
        assert "Traceback" not in second.said + third.said


def test_models_of_which_nobody_has_pictures_are_served_without_a_camera(course: Path, tmp_path: Path) -> None:
    other = tmp_path / "course"
    shutil.copytree(course / "artifacts", other / "artifacts")
    shutil.rmtree(other / "artifacts" / "ci" / "6" / "models" / "tile")
    with line(other, tmp_path / "home") as running:
        ready = running.wait_for("ready")[0]
        running.until(lambda: any("no camera sends" in one["words"] for one in running.all("note")), "a note")
        assert requests.get(f"{ready['page']}readyz", timeout=30).status_code == 200
        assert running.end() == 0
    assert running.all("ended")[0]["inspected"] == 0
