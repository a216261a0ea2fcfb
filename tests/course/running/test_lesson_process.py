"""A lesson's process: what it tells of a notebook, run here with a real kernel or refused before there is one."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from aoi_modules.course.running.lesson_events import (
    Began,
    CellBegan,
    CellDone,
    Ended,
    Event,
    LessonError,
    Task,
    event,
)
from aoi_modules.course.running.lesson_process import run, sentence, write_kernel_spec


def told(path: Path, folder: Path) -> tuple[bool, list[Event]]:
    """Whether every cell ran, and what the run heard."""
    task = Task(
        lesson="1",
        notebook=str(path),
        output=str(folder / "executed.ipynb"),
        parameters={"profile": "ci"},
        form="solved",
        kernels_dir=str(folder),
        cell_limit=60.0,
        start_limit=60.0,
    )
    pipe = io.BytesIO()
    good = run(task, pipe)
    return good, [event(text) for text in pipe.getvalue().splitlines()]


@pytest.fixture
def kernels(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Jupyter looks for kernels, as the run sets it for the process."""
    folder = tmp_path_factory.mktemp("k")
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    return folder


def test_every_step_is_told_and_the_output_is_saved(here: Any, kernels: Path) -> None:
    good, events = told(here.lesson("1", "# Say it\nprint(profile)"), kernels)
    assert good
    assert events[0] == Began(5)
    assert events[-1] == Ended(5)
    assert [type(one) for one in events[1:-1]] == [CellBegan, CellDone] * 5
    assert any(isinstance(one, CellBegan) and one.title == "Say it" for one in events)
    executed = nbformat.read(kernels / "executed.ipynb", as_version=4)
    assert any(output.get("text") == "ci\n" for cell in executed.cells for output in cell.get("outputs", []))


def test_an_error_ends_it_in_its_cell_with_a_trace(here: Any, kernels: Path) -> None:
    cell = "# Fetch\nfrom aoi_modules.errors import NotAPicture\nraise NotAPicture('no PNG', hint='look at it')"
    good, events = told(here.lesson("1", cell, "2"), kernels)
    assert not good
    (ended,) = (one for one in events if isinstance(one, Ended))
    assert ended.error is not None
    assert (ended.error.cell, ended.error.title, ended.error.message) == (4, "Fetch", "no PNG\n  look at it")
    assert "raise NotAPicture" in ended.error.trace
    assert "\x1b" not in ended.error.trace, "colours of a terminal are gone"
    assert (kernels / "executed.ipynb").is_file()


def last_error(path: Path, folder: Path) -> LessonError:
    """The error of a lesson that has not run to its end, as its last word tells it."""
    good, events = told(path, folder)
    ended = events[-1]
    assert not good
    assert isinstance(ended, Ended)
    assert ended.error is not None
    return ended.error


def test_a_lesson_that_leaves_early_has_not_run(here: Any, kernels: Path) -> None:
    error = last_error(here.lesson("1", "import sys\nsys.exit(0)"), kernels)
    assert error.message == "left the lesson early (sys.exit?): 3 of 5 cells ran"


@pytest.mark.parametrize(
    ("source", "tags", "words"),
    [
        ("size: int = 3  # pictures\nprofile = 'cpu'", ["parameters"], "the lesson has no parameter profile"),
        ('profile: str = "cpu"', [], "0 cells are tagged 'parameters': there has to be exactly one"),
    ],
)
def test_parameters_that_papermill_would_only_warn_of(
    small_course: Any, tmp_path: Path, source: str, tags: list[str], words: str
) -> None:
    path = small_course.lesson("1")
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].source, nb.cells[1].metadata["tags"] = source, tags
    nbformat.write(nb, path)
    assert last_error(path, tmp_path) == LessonError(message=words)


def test_what_is_no_notebook_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "1.ipynb").write_text("{")
    assert "not a notebook of nbformat 4" in last_error(tmp_path / "1.ipynb", tmp_path).message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DataError", "no tiles"),
        ("Unreachable", "no tiles"),
        ("TooSlow", "no tiles"),
        ("MissingExtra", "no tiles"),
        ("NotAPicture", "no tiles"),
        ("CheckFailed", "no tiles"),
        ("AoiError", "no tiles"),
        ("ValueError", "ValueError: no tiles"),
        ("first_line", "first_line: no tiles"),
        ("__name__", "__name__: no tiles"),
    ],
)
def test_errors_of_ours_are_sentences_and_others_need_their_type(name: str, text: str) -> None:
    assert sentence(name, "no tiles") == text


def test_the_kernel_is_this_interpreter(tmp_path: Path) -> None:
    write_kernel_spec(tmp_path)
    spec = json.loads((tmp_path / "kernels/python3/kernel.json").read_text())
    assert spec["argv"][0] == sys.executable
