"""What the run hears of each cell, and what cells are called."""

import io
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from aoi_modules.course.running.cell_watch import CellWatch, cell_title
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, Event, LessonError, event

CELLS = [
    new_markdown_cell("# 1 Lesson"),
    new_code_cell("   "),
    new_code_cell("# Look first\nx"),
    new_code_cell("y"),
]


def reply(status: str) -> dict[str, Any]:
    return {"content": {"status": status}}


def heard(pipe: io.BytesIO) -> list[Event]:
    return [event(text) for text in pipe.getvalue().splitlines()]


@pytest.fixture
def pipe() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def watch(pipe: io.BytesIO) -> CellWatch:
    watch = CellWatch(pipe)
    watch.notebook_start(new_notebook(cells=CELLS))
    return watch


def test_code_cells_are_counted_and_told(watch: CellWatch, pipe: io.BytesIO) -> None:
    assert watch.cells == 2, "neither Markdown nor an empty cell counts"
    for at in range(len(CELLS)):
        watch.cell_start(CELLS[at], at)
    watch.cell_executed(CELLS[2], 2, reply("ok"))
    watch.cell_executed(CELLS[3], 3, reply("error"))
    began, first, second, done = heard(pipe)
    assert (began, first, second) == (Began(2), CellBegan(1, "Look first"), CellBegan(2, "1 Lesson"))
    assert isinstance(done, CellDone)
    assert (done.cell, done.title) == (1, "Look first")
    assert watch.executed == 1, "a cell that raised has not answered"


def test_an_error_is_placed_in_the_cell_at_work_or_in_the_one_that_is_named(watch: CellWatch) -> None:
    assert watch.error("no kernel") == LessonError(message="no kernel")
    watch.cell_start(CELLS[3], 3)
    assert watch.error("no", trace="t") == LessonError(cell=2, title="1 Lesson", message="no", trace="t")
    assert watch.error("no", at=2).cell == 1
    assert watch.error("no", at=0).cell == 0, "Markdown raises nothing"


def test_before_the_kernel_is_up_nothing_is_known(pipe: io.BytesIO) -> None:
    watch = CellWatch(pipe)
    assert (watch.cells, watch.executed, watch.at_work) == (0, 0, None)
    watch.cell_start(CELLS[2], 2)
    assert heard(pipe) == []


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (["# Train the network\nfit()"], "Train the network"),
        (["fit()"], "fit()"),
        (["## Part", "fit()"], "Part"),
        (["# Title\n\n## Part two\ntext", "1", "fit()"], "Part two"),
        (["text alone", "fit()"], "fit()"),
        (["# " + "long " * 20], "long " * 11 + "long…"),
    ],
)
def test_titles(cells: list[str], title: str) -> None:
    nodes = [new_markdown_cell(text) for text in cells[:-1]] + [new_code_cell(cells[-1])]
    assert cell_title(nodes, len(nodes) - 1) == title
