"""The order in which tests run, and what is said of services that are missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import services
from tests.conftest import LONGEST
from tests.documents import ROOT
from tests.services import SERVICES, Service

SENTENCE = "a harp is missing: apt-get install harp-server"
TESTS = """
from tests import services
HARP = services.Service("a harp", "harp-server", ("harpd",))
PYTHON = services.Service("Python", "python3", ("python3",))

@services.need(HARP, PYTHON)
def test_harp(): pass

@services.need(PYTHON, HARP)
def test_harp_again(): pass

@services.need(PYTHON)
def test_python(): pass
"""


@pytest.mark.parametrize("path", LONGEST)
def test_what_is_begun_first_has_tests(path: str) -> None:
    found = ROOT / path
    assert found.is_file() or list(found.glob("test_*.py"))


def run_tests(folder: Path, *options: str, ci: str, tests: str = TESTS) -> tuple[int, list[str]]:
    """Runs three tests, of which two need what is not there; exit code, and the lines of the output."""
    (folder / "test_music.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", f"--rootdir={folder}", "-ra",
               "-o", "markers=services", *options, str(folder)]  # fmt: skip
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("options", [["--numprocesses=0"], ["--numprocesses=2"]], ids=["alone", "in processes"])
def test_without_a_service_its_tests_are_left_out_and_the_last_lines_name_its_package(
    tmp_path: Path, options: list[str]
) -> None:
    code, lines = run_tests(tmp_path, *options, ci="")
    assert code == 0
    assert "1 passed, 2 skipped" in lines[-1]
    assert lines[-2] == f"not tested: {SENTENCE}"
    assert not lines[-3].startswith("not tested")


def test_in_ci_a_missing_service_fails_its_tests(tmp_path: Path) -> None:
    code, lines = run_tests(tmp_path, "--numprocesses=0", ci="true")
    assert code == 1
    assert "1 passed, 2 errors" in lines[-1]
    assert f"ERROR test_music.py::test_harp - Failed: {SENTENCE}" in lines


def test_what_debian_does_not_have_is_left_out_in_ci_too(tmp_path: Path) -> None:
    built = TESTS.replace('("harpd",))', '("harpd",), "go install harpd")')
    code, lines = run_tests(tmp_path, "--numprocesses=0", ci="true", tests=built)
    assert code == 0
    assert "1 passed, 2 skipped" in lines[-1]
    assert lines[-2] == "not tested: a harp is missing: go install harpd"


def test_programs_are_found_on_the_path_and_where_debian_puts_those_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "harpd"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    harp = Service("a harp", "harp-server", ("harpd", "python3"))
    assert (services.find("harpd"), harp.missing) == (None, SENTENCE)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert (services.find("harpd"), harp.missing) == (program, "")
    assert services.path_of("harpd") == str(program)


def test_services_have_one_name_and_one_package_each() -> None:
    assert (
        len({service.name for service in SERVICES}) == len({service.package for service in SERVICES}) == len(SERVICES)
    )
