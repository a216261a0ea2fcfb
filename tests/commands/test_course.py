"""`aoi course` as a user meets it: exit codes, data on stdout, messages on stderr, sentences for errors."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.slow

AOI = [sys.executable, "-c", "from aoi_modules.cli import main; main()"]
OPEN = 'from aoi_modules.course.lesson import Lesson\n\nlesson = Lesson.open("{id}", profile=profile)'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two lessons; the second divides by zero."""
    lessons: list[dict[str, Any]] = [
        {"id": "1", "notebook": "01_good", "title": "Good"},
        {"id": "2", "notebook": "02_bad", "title": "Bad", "checks": ["2.1"]},
    ]
    item = {"id": "1", "title": "All", "purpose": "To test.", "phase": "A2 to A3", "lessons": lessons}
    (tmp_path / "curriculum.yml").write_text(yaml.safe_dump({"items": [item]}))
    (tmp_path / "notebooks").mkdir()
    for lesson, code in zip(lessons, ("1 + 1", "1 / 0"), strict=True):
        sources = [OPEN.format(id=lesson["id"]), code, 'lesson.finish(figures={"accuracy": 0.5})']
        parameters = new_code_cell('profile: str = "cpu"  # size', metadata={"tags": ["parameters"]})
        nb = new_notebook(cells=[parameters, *(new_code_cell(source) for source in sources)])
        nbformat.write(nb, tmp_path / "notebooks" / f"{lesson['notebook']}.ipynb")
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    names = ("AOI_COURSE_DIR", "AOI_STRICT_CHECKS", "AOI_RUN_TOKEN", "AOI_PROGRESS_FILE", "CI")
    return {**{name: value for name, value in os.environ.items() if name not in names}, **more}


def aoi(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*AOI, "course", *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_run_reports_and_its_exit_code_tells(course: Path) -> None:
    good = aoi(course, "run", "--profile", "ci", "--only", "1")
    assert good.returncode == 0, good.stderr
    assert "1 Good" in good.stdout
    assert "accuracy 0.5" in good.stdout
    assert "[1] cell 3/5 " in good.stderr
    assert f"the lesson passed; report: {course}/report/index.html" in good.stderr
    assert (course / "report" / "junit.xml").is_file()
    assert (course / "report" / "notebooks" / "ci" / "01_good.html").is_file()
    assert f"[1] page: {(course / 'report/notebooks/ci/01_good.html').as_uri()}" in good.stderr
    again = aoi(course, "run", "--profile", "ci", "--only", "1", "--force")
    assert "[1] Good: 5 cells; less than half a minute left" in again.stderr, "as long as it took the last time"
    both = aoi(course, "run", "--profile", "ci", "--json")
    assert both.returncode == 1
    outcomes = json.loads(both.stdout)
    assert [(outcome["plan"]["id"], outcome["status"]) for outcome in outcomes] == [("1", "fresh"), ("2", "failed")]
    assert outcomes[1]["error"]["message"] == "ZeroDivisionError: division by zero"
    assert not list(course.glob("notebooks/*ipc*")), "no socket lies beside the lessons"


def test_prove_fails_where_the_stub_gets_no_hint(course: Path) -> None:
    cells = {
        "exercise": "answer = 5",
        "solution": "answer = 4",
        "check": "from aoi_modules.course.checks import check, exercise\n\n\n"
        '@exercise("1.1")\ndef anything(answer):\n    return "fine"\n\n\ncheck("1.1", answer, among=[anything])',
    }
    path = course / "notebooks" / "01_good.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[3:3] = [new_code_cell(source, metadata={"tags": [tag]}) for tag, source in cells.items()]
    nbformat.write(nb, path)
    assert aoi(course, "run", "--profile", "ci", "--only", "1").returncode == 0
    proved = aoi(course, "run", "--profile", "ci", "--only", "1", "--prove")
    assert proved.returncode == 1
    assert "exercise 1.1: the stub's answer got no hint" in proved.stdout + proved.stderr


@contextmanager
def sleeping(course: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A run whose first lesson sleeps: the process of the run, and the id of the kernel's."""
    notebook = course / "notebooks" / "01_good.ipynb"
    nb = nbformat.read(notebook, as_version=4)
    nb.cells[2].source = "import os, time\n(lesson.out / 'pid').write_text(str(os.getpid()))\ntime.sleep(600)"
    nbformat.write(nb, notebook)
    pid_file = course / "artifacts" / "ci" / "1" / "pid"
    command = [*AOI, "course", "run", "--profile", "ci", "--jobs", "1"]
    with subprocess.Popen(command, cwd=course, env=environment(), stderr=subprocess.PIPE) as run:
        try:
            while not (pid_file.is_file() and pid_file.read_text()):
                assert run.poll() is None, "the run ended before its lesson slept"
                time.sleep(0.1)
            yield run, int(pid_file.read_text())
        finally:
            run.kill()


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 240
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.1)


def test_a_stopped_run_reports_and_leaves_nothing_behind(course: Path) -> None:
    with sleeping(course) as (run, kernel):
        run.send_signal(signal.SIGTERM)
        _, messages = run.communicate(timeout=60)
        assert run.returncode == 130
    assert b"0 of 2 lessons passed; report: " in messages
    assert b"Traceback" not in messages
    assert "stopped" in (course / "report" / "index.html").read_text()
    wait_until_gone(kernel)


def test_when_the_run_is_killed_its_lessons_end_too(course: Path) -> None:
    with sleeping(course) as (run, kernel):
        run.kill()
        run.wait(30)
    wait_until_gone(kernel)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--profile", "big"], 2, "'big' is not one of 'ci', 'cpu', 'gpu'"),
        (["run", "--jobs", "0"], 2, "--jobs"),
        (["run", "--only", "7"], 1, "lesson '7' is not in curriculum.yml\n  lessons there are: 1, 2"),
        (["run", "--from", "7"], 1, "lesson '7' is not in"),
        (["readme", "--file", "none.md"], 1, "none.md: no such file"),
        (["start"], 2, "FOLDER"),
    ],
)
def test_mistakes_get_sentences(course: Path, arguments: list[str], code: int, words: str) -> None:
    done = aoi(course, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_checklist_gets_a_sentence(course: Path) -> None:
    (course / "curriculum.yml").write_text("items: 3")
    for verb in ("run", "status"):
        done = aoi(course, verb)
        assert done.returncode == 1
        assert done.stderr.startswith(f"error: {course}/curriculum.yml: ")


def test_status(course: Path) -> None:
    text = aoi(course, "status")
    assert text.returncode == 0
    assert text.stdout.rstrip().endswith("0 of 1 exercises solved; next: exercise 2.1 in notebooks/02_bad.ipynb")
    found = json.loads(aoi(course, "status", "--json").stdout)
    assert (found["solved"], found["exercises"], found["next"]) == (0, 1, "2.1")


def test_readme(course: Path) -> None:
    page = course / "README.md"
    page.write_text("<!-- checklist:begin -->\n<!-- checklist:end -->\n")
    assert aoi(course, "readme", "--check").returncode == 1
    assert aoi(course, "readme").returncode == 0
    assert "[2 Bad](notebooks/02_bad.ipynb)" in page.read_text()
    assert aoi(course, "readme", "--check").returncode == 0


def test_coverage_tells_words_deeds_and_what_is_open(tmp_path: Path) -> None:
    done = aoi(tmp_path, "coverage")
    assert (done.returncode, done.stderr) == (0, "")
    assert "8.4" in done.stdout
    rows = json.loads(aoi(tmp_path, "coverage", "--json").stdout)["rows"]
    assert [row["item"] for row in rows] == [str(number) for number in range(1, 12)]


def test_start_gives_a_course_to_work_in(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    done = aoi(tmp_path, "start", "own")
    assert done.returncode == 0, done.stderr
    assert "new: own/curriculum.yml" in done.stdout
    assert any(folder.glob("notebooks/*.ipynb"))
    assert aoi(folder, "status").returncode == 0
    again = aoi(tmp_path, "start", "own")
    assert "kept: own/curriculum.yml" in again.stdout
    shutil.rmtree(folder)


def test_times_are_said_of_measured_lessons_alone(course: Path) -> None:
    none = aoi(course, "times", "--profile", "gpu")
    assert (none.returncode, none.stdout) == (0, "")
    assert none.stderr == "no lesson has been measured with the profile gpu\n"
    refused = aoi(course, "times", "--measured")
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: no lesson has passed with the profile cpu\n")


def test_start_ends_with_the_command_that_opens_the_lessons(tmp_path: Path) -> None:
    done = aoi(tmp_path, "start", "my own")
    jupyter = Path(sys.executable).with_name("jupyter")
    assert done.stderr.startswith(f"now: {jupyter} lab '{tmp_path / 'my own' / 'notebooks'}'")


@pytest.mark.parametrize("verb", [[], ["run"], ["status"], ["coverage"], ["times"], ["start"], ["readme"]])
def test_help_has_examples(tmp_path: Path, verb: list[str]) -> None:
    done: Any = aoi(tmp_path, *verb, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout
