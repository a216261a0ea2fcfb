"""`aoi doctor`: findings on stdout, one line each, and an exit code."""

import json
import subprocess
import sys
from pathlib import Path

AOI = [sys.executable, "-c", "from aoi_modules.cli import main; main()", "doctor"]


def doctor(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*AOI, *arguments], cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def test_lines_for_people_and_json_for_machines(tmp_path: Path) -> None:
    text = doctor(tmp_path)
    assert text.returncode == 0
    assert text.stderr == ""
    assert "ok       Python " in text.stdout
    findings = json.loads(doctor(tmp_path, "--json").stdout)
    assert {"what": "Python", "state": "ok"}.items() <= findings[0].items()
    assert sum("fix: " in line for line in text.stdout.splitlines()) == sum(bool(one.get("fix")) for one in findings)


def test_it_imports_no_tensorflow(tmp_path: Path) -> None:
    code = (
        "import sys; from aoi_modules.course import machine; from aoi_modules.settings import settings\n"
        "machine.examine(settings()); print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.stdout == "False\n", done.stderr


def test_help_has_examples(tmp_path: Path) -> None:
    assert "Examples:" in doctor(tmp_path, "--help").stdout
