"""What `aoi doctor` looks at, on the machine that runs the test."""

import socket
import sys
from pathlib import Path

import pytest

from aoi_modules.course import machine
from aoi_modules.course.machine import Finding
from aoi_modules.settings import Settings, load


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    return load({"AOI_CACHE_DIR": str(tmp_path)}, tmp_path)


def test_every_line_has_a_fix_unless_it_is_fine(given: Settings) -> None:
    findings = machine.examine(given)
    names = [finding.what for finding in findings]
    assert len(set(names)) == len(names)
    assert {"Python", "memory", "TensorFlow", "GPU", "Docker engine", "Kubernetes", "port 8500"} <= set(names)
    for finding in findings:
        assert finding.found
        assert (finding.fix == "") == (finding.state == "ok"), finding


def test_this_machine_runs_the_tests_so_it_runs_the_course(given: Settings) -> None:
    assert machine.ready(machine.examine(given))
    assert "tensorflow" not in sys.modules or machine.tensorflow().found


def test_something_needed_makes_it_not_ready() -> None:
    fine = Finding(what="a", state="ok", found="1")
    assert machine.ready([fine, Finding(what="b", state="missing", found="no", fix="get it")])
    assert not machine.ready([fine, Finding(what="b", state="needed", found="no", fix="get it")])


def test_a_port_in_use_is_found() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        number = listener.getsockname()[1]
        assert machine.port(number, "a test").found == "in use"
    assert machine.port(number, "a test").state == "ok"


def test_a_missing_folder_is_measured_by_its_parent(tmp_path: Path) -> None:
    assert machine.disk(tmp_path / "a" / "b").what == "free disk"


def test_a_program_that_is_missing_fails_or_hangs_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine._answer(["no-such-program-anywhere"]) == ""
    assert machine._answer([sys.executable, "-c", "raise SystemExit(1)"]) == ""
    assert machine._answer([sys.executable, "-c", "print('yes')"]) == "yes"
    monkeypatch.setattr(machine, "COMMAND_SECONDS", 0.2)
    assert machine._answer([sys.executable, "-c", "import time; time.sleep(60)"]) == ""
