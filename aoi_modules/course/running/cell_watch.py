"""Follows the cells of a notebook while papermill runs them, and tells the run what happens."""

import time
from typing import IO, Any

from aoi_modules.course.notebook.file import Cell, Notebook
from aoi_modules.course.running import lesson_events
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, LessonError

TITLE_LENGTH = 60


class CellWatch:
    """Follows nbclient's hooks and tells the run; knows at the end which cells answered.

    Args:
        events: the pipe to the run.

    Attributes:
        at_work: index in the notebook of the code cell that runs or ran last; None before the first.
        executed: code cells that ran without an error.
    """

    def __init__(self, events: IO[bytes]) -> None:
        self._events = events
        self._numbers: dict[int, int] = {}
        self._titles: dict[int, str] = {}
        self._began = 0.0
        self.at_work: int | None = None
        self.executed = 0

    @property
    def cells(self) -> int:
        """Code cells that will run; empty ones and Markdown count for nothing."""
        return len(self._numbers)

    def notebook_start(self, notebook: Notebook) -> None:
        """The kernel is up: nbclient's hook `on_notebook_start`."""
        indexes = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
        self._numbers = {at: number for number, at in enumerate(indexes, 1)}
        self._titles = {at: cell_title(notebook.cells, at) for at in indexes}
        self.tell(Began(self.cells))

    def cell_start(self, cell: Cell, cell_index: int) -> None:
        """A cell of any type is next: nbclient's hook `on_cell_start`."""
        if cell_index in self._numbers:
            self.at_work, self._began = cell_index, time.monotonic()
            self.tell(CellBegan(self._numbers[cell_index], self._titles[cell_index]))

    def cell_executed(self, cell: Cell, cell_index: int, execute_reply: dict[str, Any]) -> None:
        """A code cell has answered, with an error or without: nbclient's hook `on_cell_executed`."""
        if execute_reply["content"]["status"] == "ok":
            self.executed += 1
            seconds = time.monotonic() - self._began
            self.tell(CellDone(self._numbers[cell_index], self._titles[cell_index], seconds))

    def tell(self, event: lesson_events.Event) -> None:
        """Sends an event to the run, at once."""
        self._events.write(lesson_events.line(event))
        self._events.flush()

    def error(self, message: str, *, at: int | None = None, trace: str = "") -> LessonError:
        """An error in the cell at that index of the notebook, or in the one at work."""
        index = self.at_work if at is None else at
        if index is None or index not in self._numbers:
            return LessonError(message=message, trace=trace)
        return LessonError(cell=self._numbers[index], title=self._titles[index], message=message, trace=trace)


def cell_title(cells: list[Cell], at: int) -> str:
    """What a person calls the cell: its first comment, else the heading above it."""
    first = cells[at].source.strip().splitlines()[0]
    if first.startswith("# "):
        return _shortened(first.removeprefix("# "))
    for cell in reversed(cells[:at]):
        headings = [line for line in cell.source.splitlines() if line.startswith("#")]
        if cell.cell_type == "markdown" and headings:
            return _shortened(headings[-1].lstrip("# "))
    return _shortened(first)


def _shortened(text: str) -> str:
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1].rstrip()}…"
