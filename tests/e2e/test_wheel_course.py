"""A trainee without a checkout: the built wheel in an empty environment, a course of their own, a lesson that runs.

The environment has TensorFlow and the tools of the lessons, from the cache of uv; nothing is found by PYTHONPATH or by
the working directory.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
LESSON, NOTEBOOK = "5a", "05a_fashion_mnist.ipynb"
"""The lesson that takes the least time and needs no other."""
MATERIAL = "aoi_modules/course/material"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(UV is None, reason="uv is not here to make the second environment; make setup brings it"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [str(UV), "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bin folder of an environment with the wheel, and with what its lessons need."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    command = [str(UV), "pip", "install", "--quiet", "--python", str(python), "--constraint", "requirements.lock"]
    subprocess.run([*command, f"{wheel}[train,lab]"], cwd=ROOT, check=True, timeout=600)
    return python.parent


def run(programs: Path, folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """A program of the environment, in a folder outside the checkout."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "AOI_COURSE_DIR")}
    return subprocess.run(
        [str(programs / command[0]), *command[1:]],
        cwd=folder,
        env={**kept, "AOI_OFFLINE": "true"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def kept_files(folder: Path) -> list[Path]:
    """The files that belong to the repository: not what Python and Jupyter leave beside them."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [
        path
        for path in found
        if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
    ]


def test_the_wheel_carries_every_file_of_package_and_course(wheel: Path) -> None:
    package = {path.relative_to(ROOT).as_posix() for path in kept_files(ROOT / "aoi_modules")}
    course = [ROOT / "curriculum.yml", *kept_files(ROOT / "notebooks")]
    expected = package | {f"{MATERIAL}/{path.relative_to(ROOT).as_posix()}" for path in course}
    with zipfile.ZipFile(wheel) as archive:
        missing = expected - set(archive.namelist())
    assert len(expected) > 300
    assert not missing


def solve(own: Path, official: Path) -> None:
    """Does a trainee's work: the answers of the official solutions, written into the stubs."""
    solved = nbformat.read(official, as_version=4).cells
    answers = [cell.source for cell in solved if "solution" in cell.metadata.get("tags", [])]
    nb: Any = nbformat.read(own, as_version=4)
    stubs = [cell for cell in nb.cells if "exercise" in cell.metadata.get("tags", [])]
    for stub, answer in zip(stubs, answers, strict=True):
        stub.source = answer
    nbformat.write(nb, own)


def test_a_course_starts_and_a_lesson_runs(programs: Path, tmp_path: Path) -> None:
    where = run(programs, tmp_path, "python", "-c", "import aoi_modules; print(aoi_modules.__path__[0])")
    package = Path(where.stdout.strip())
    assert package.is_relative_to(programs.parent), "the package is the one of the wheel"

    started = run(programs, tmp_path, "aoi", "course", "start", "own")
    assert started.returncode == 0, started.stderr
    own = tmp_path / "own"
    assert f"new: own/notebooks/{NOTEBOOK}" in started.stdout

    solve(own / "notebooks" / NOTEBOOK, package / "course/material/notebooks" / NOTEBOOK)
    done = run(programs, own, "aoi", "course", "run", "--profile", "ci", "--only", LESSON, "--json")
    assert done.returncode == 0, done.stderr
    (outcome,) = json.loads(done.stdout)
    assert outcome["status"] == "passed"
    assert (own / "report/index.html").is_file()
    assert (own / "report/notebooks/ci" / NOTEBOOK).with_suffix(".html").is_file()
    assert (own / "artifacts/ci" / LESSON / "manifest.json").is_file()

    status = json.loads(run(programs, own, "aoi", "course", "status", "--json").stdout)
    assert status["solved"] == len(outcome["plan"]["checks"]) > 0, "what the trainee solved is ticked off"
