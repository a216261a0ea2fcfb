"""Notebook files: what can be read, and how quickly the library comes."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from aoi_modules.course.notebook.file import read_notebook, sources_of
from aoi_modules.errors import CourseError


def test_a_notebook_is_read_as_it_was_written(tmp_path: Path) -> None:
    nb = new_notebook(cells=[new_code_cell("1 + 1")])
    nbformat.write(nb, tmp_path / "a.ipynb")
    assert read_notebook(tmp_path / "a.ipynb") == nb


def test_the_texts_of_the_cells_are_found_by_id(tmp_path: Path) -> None:
    nbformat.write(
        new_notebook(cells=[new_code_cell("1 + 1", id="a"), new_code_cell("2", id="b")]), tmp_path / "a.ipynb"
    )
    assert sources_of(tmp_path / "a.ipynb") == {"a": "1 + 1", "b": "2"}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"cells": 3}', "\x00"])
def test_what_is_no_notebook_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(CourseError, match=r"a\.ipynb: not a notebook of nbformat 4"):
        read_notebook(tmp_path / "a.ipynb")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"gone\.ipynb: not a notebook"):
        read_notebook(tmp_path / "gone.ipynb")


def test_the_slow_grammar_is_left_out_and_can_be_imported_later() -> None:
    code = (
        "import sys; from aoi_modules.course.notebook.file import prepare_nbformat; prepare_nbformat()\n"
        "import nbformat; print('rfc3987_syntax' in sys.modules, 'jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert done.stdout == "False True\n"
