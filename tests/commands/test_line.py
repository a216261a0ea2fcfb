"""`aoi line`: its flags, and what people see. The line itself is tested in tests/line/test_running.py."""

import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from aoi_modules.commands.line import _FAULTS, _People, command
from aoi_modules.line.camera import Taken
from aoi_modules.line.faults.kinds import Fault
from aoi_modules.settings import settings
from tests import in_process
from tests.line.conftest import write_course


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "0"], "expected a port number up to 65534, or 'any'. Received: '0'"),
        (["--serving-port", "65535"], "Received: '65535'"),
        (
            ["--faults", "dark"],
            "expected FAULT=SHARE, a share up to 1 of broken, dark, blurred, slow. Received: 'dark'",
        ),
        (["--faults", "dark=2"], "Received: 'dark=2'"),
        (["--faults", "bent=0.2"], "Received: 'bent=0.2'"),
        (["--faults", "dark=0.6", "--faults", "broken=0.6"], "1 together at most. Received: dark=0.6, broken=0.6"),
        (["--rate", "0"], "is not in the range"),
        (["--defects", "1.1"], "is not in the range"),
    ],
)
def test_usage_errors(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_each_fault_has_its_word() -> None:
    assert set(_FAULTS) == {fault.value for fault in Fault}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_people_see_what_runs_where_and_the_first_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_course(tmp_path / "artifacts")
    (tmp_path / "curriculum.yml").touch()
    for name, value in (("COURSE_DIR", tmp_path), ("CACHE_DIR", tmp_path / "cache"), ("DATA_DIR", "")):
        monkeypatch.setenv(f"AOI_{name}", str(value))
    tell = _People.taken

    def tell_and_stop(people: _People, taken: Taken) -> None:
        tell(people, taken)
        os.kill(os.getpid(), signal.SIGINT)  # Ctrl-C comes to the main thread, which runs the line

    monkeypatch.setattr(_People, "taken", tell_and_stop)
    settings.cache_clear()
    try:
        ended = in_process.aoi("line", "--port", "any", "--serving-port", "any")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = ended.stdout.splitlines()
    assert "pushed tile:1 to " in said[1]
    table = [text.split("\t") for text in said if text.count("\t") == 3]
    assert table[0][:3] == ["part", "what it does", "where"]
    names = [row[0] for row in table[1:]]
    assert names[0] == "model registry"
    assert {"model sync", "model server", "gateway 1", "gateway 2", "database"} <= set(names)
    assert {"prometheus", "node exporter"} <= set(names), "told as not installed where they are not"
    assert any(text.startswith("all parts run after ") and "Ctrl-C ends them" in text for text in said)
    assert said[-1].startswith("stopped in order; ")
    assert (tmp_path / "build" / "line" / "results.sqlite").is_file()
