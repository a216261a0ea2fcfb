"""A trainee's copy: it has no solutions, and no work in it is ever lost."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests

from aoi_modules.course import material, trainee
from aoi_modules.errors import CourseError
from aoi_modules.settings import child_environment
from tests.documents import wait_for

LESSON = "notebooks/01_lesson.ipynb"
PAGES = ["primer.html", "glossary.html"]


@pytest.fixture
def official(
    small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The small course as the official one."""
    small_course.lesson("1", *exercise_cells("1.1", "None", "'the secret answer'"), checks=["1.1"])
    notebooks = small_course.folder / "notebooks"
    (notebooks / "primer.md").write_text("# Start here\n\nEpochs.\n")
    (notebooks / "glossary.yml").write_text("words: [{word: epoch, meaning: One look.}]")
    monkeypatch.setattr(material, "official_dir", lambda: small_course.folder)
    return small_course


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own") / "course"


def test_the_copy_has_stubs_and_checks_and_no_solution(official: Any, own: Path) -> None:
    done = trainee.start(own)
    assert done.added == ["curriculum.yml", LESSON, *PAGES]
    text = (own / LESSON).read_text()
    assert "the secret answer" not in text
    assert all("secret" not in path.read_text() for path in own.rglob("*") if path.is_file())
    tags = [cell.metadata.get("tags", []) for cell in nbformat.read(own / LESSON, as_version=4).cells]
    assert [tag for some in tags for tag in some] == ["parameters", "exercise", "check"]
    again = trainee.start(own)
    assert (again.added, again.updated, again.newer) == ([], [], [])
    assert again.kept == ["curriculum.yml", LESSON, *PAGES]


def test_work_is_kept_and_a_newer_version_is_laid_beside_it(official: Any, own: Path) -> None:
    trainee.start(own)
    work = (own / LESSON).read_text().replace("answer = None", "answer = 4")
    (own / LESSON).write_text(work)
    kept = trainee.start(own)
    assert (kept.kept, kept.newer) == (["curriculum.yml", LESSON, *PAGES], [])
    official.notebook("1", "# The lesson moved on\n2")
    newer = trainee.start(own)
    assert newer.newer == ["notebooks/01_lesson.new.ipynb"]
    assert (own / LESSON).read_text() == work
    assert "The lesson moved on" in (own / "notebooks/01_lesson.new.ipynb").read_text()
    assert trainee.start(own).newer == [], "it is reported once"


def test_a_lesson_without_work_follows_the_official_one(official: Any, own: Path) -> None:
    trainee.start(own)
    official.notebook("1", "# The lesson moved on\n2")
    official.lesson("2")
    done = trainee.start(own)
    assert done.added == ["notebooks/02_lesson.ipynb"]
    assert set(done.updated) == {"curriculum.yml", LESSON, "primer.html"}, "the primer lists the lessons"
    assert "The lesson moved on" in (own / LESSON).read_text()


def test_a_file_that_was_there_before_is_kept(official: Any, own: Path) -> None:
    (own / "notebooks").mkdir(parents=True)
    (own / LESSON).write_text("mine")
    done = trainee.start(own)
    assert done.newer == ["notebooks/01_lesson.new.ipynb"]
    assert (own / LESSON).read_text() == "mine"


def test_pictures_come_along(official: Any, own: Path) -> None:
    picture = official.folder / "notebooks" / "images" / "line.svg"
    picture.parent.mkdir()
    picture.write_text("<svg/>")
    assert "notebooks/images/line.svg" in trainee.start(own).added
    assert (own / "notebooks" / "images" / "line.svg").read_text() == "<svg/>"


def test_primer_and_glossary_come_along_as_pages(official: Any, own: Path) -> None:
    trainee.start(own)
    assert 'href="glossary.html#word-epoch"' in (own / "primer.html").read_text()
    assert 'id="word-epoch"' in (own / "glossary.html").read_text()


def test_the_official_folder_is_refused(official: Any) -> None:
    before = (official.folder / LESSON).read_bytes()
    with pytest.raises(CourseError, match="is the official course itself"):
        trainee.start(official.folder)
    assert (official.folder / LESSON).read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(official: Any, own: Path) -> None:
    own.parent.mkdir(exist_ok=True)
    own.write_text("a file")
    with pytest.raises(CourseError, match="cannot be written"):
        trainee.start(own)


def test_the_last_command_starts_jupyter_as_it_is_typed(official: Any, tmp_path: Path) -> None:
    own = tmp_path / "a course of my own"
    trainee.start(own)
    typed = trainee.jupyter_command(own)
    environment = child_environment(PATH="/usr/bin:/bin", JUPYTER_RUNTIME_DIR=str(tmp_path), HOME=str(tmp_path))
    command = f"exec {typed} --no-browser --port=0 --ServerApp.port_retries=0"
    with subprocess.Popen(
        ["sh", "-c", command], cwd="/", env=environment, stderr=subprocess.PIPE, text=True
    ) as jupyter:
        try:
            assert jupyter.stderr is not None
            address = next(found[0] for line in jupyter.stderr if (found := re.search(r"http://127\S+token=\w+", line)))
            token = address.partition("token=")[2]
            contents = address.replace("/lab?", "/api/contents?")
            wait_for(contents)  # the address is told a moment before the port is open
            listed = requests.get(contents, timeout=30).json()
            assert [entry["name"] for entry in listed["content"]] == ["01_lesson.ipynb"], token
        finally:
            jupyter.terminate()


def test_without_jupyter_the_last_command_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert (
        trainee.jupyter_command(tmp_path)
        == f"{tmp_path}/python -m pip install 'aoi-academy[lab]', which brings Jupyter"
    )
