"""The process of one lesson: papermill runs the notebook, and every step is told to the runner.

    python -m aoi_modules.course.running.lesson_process EVENTS_FD   <  a Task as one line, then an open pipe

Papermill's own status is not trusted: its metadata says "completed" after a timeout or a dead kernel, and a
`sys.exit(0)` in a cell leaves the rest out without an error. So the cells that answered are counted here.
"""

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import IO, Any

from aoi_modules.child_process import follow_parent
from aoi_modules.course.notebook import parameters_cell
from aoi_modules.course.notebook.file import Cell, Notebook, prepare_nbformat, read_notebook
from aoi_modules.course.notebook.forms import proving_form, solved_form, tags
from aoi_modules.course.running import lesson_events
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, Ended, LessonError, Task
from aoi_modules.errors import CourseError

FORMS = {"solved": solved_form, "proving": proving_form}
TRACE_LINES = 40
"""A trace is cut to its last lines; the page of the lesson has the whole of it."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CellWatch:
    """Follows nbclient's hooks and tells the runner; knows at the end which cells answered."""

    def __init__(self, events: IO[bytes]) -> None:
        self._events = events
        self._numbers: dict[int, int] = {}
        self._titles: dict[int, str] = {}
        self._began = 0.0
        self.at_work: int | None = None
        self.executed = 0

    @property
    def cells(self) -> int:
        return len(self._numbers)

    def notebook_start(self, notebook: Notebook) -> None:
        indexes = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
        self._numbers = {at: number for number, at in enumerate(indexes, 1)}
        self._titles = {at: cell_title(notebook.cells, at) for at in indexes}
        self.tell(Began(self.cells))

    def cell_start(self, cell: Cell, cell_index: int) -> None:
        if cell_index in self._numbers:
            self.at_work, self._began = cell_index, time.monotonic()
            self.tell(CellBegan(self._numbers[cell_index], self._titles[cell_index]))

    def cell_executed(self, cell: Cell, cell_index: int, execute_reply: dict[str, Any]) -> None:
        if execute_reply["content"]["status"] == "ok":
            self.executed += 1
            seconds = time.monotonic() - self._began
            self.tell(CellDone(self._numbers[cell_index], self._titles[cell_index], seconds))

    def tell(self, event: lesson_events.Event) -> None:
        self._events.write(lesson_events.line(event))
        self._events.flush()

    def error(self, message: str, *, at: int | None = None, trace: str = "") -> LessonError:
        """An error in the cell at that index of the notebook, or in the one at work."""
        index = self.at_work if at is None else at
        if index is None or index not in self._numbers:
            return LessonError(message=message, trace=trace)
        return LessonError(cell=self._numbers[index], title=self._titles[index], message=message, trace=trace)


def run(task: Task, events: IO[bytes]) -> bool:
    """Runs the lesson, saves what it gave, tells the runner; says whether every cell ran."""
    watch = CellWatch(events)
    error = _execute(task, watch)
    if error is None and watch.executed < watch.cells:
        error = watch.error(f"left the lesson early (sys.exit?): {watch.executed} of {watch.cells} cells ran")
    watch.tell(Ended(watch.executed, error))
    return error is None


def _execute(task: Task, watch: CellWatch) -> LessonError | None:
    prepare_nbformat()
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        nb = FORMS[task.form](read_notebook(Path(task.notebook)))
        problem = _parameters_problem(nb, task.parameters)
        if problem:
            return watch.error(problem)
        write_kernel_spec(Path(task.kernels_dir))
        papermill.execute_notebook(nb, task.output, task.parameters, **_options(task, watch))
    except PapermillExecutionError as error:
        trace = "\n".join(_plain("\n".join(error.traceback)).splitlines()[-TRACE_LINES:])
        return watch.error(_sentence(error.ename, _plain(error.evalue)), at=error.cell_index, trace=trace)
    except CellTimeoutError:
        return watch.error(f"still at work after {task.cell_limit:g} s, the limit for one cell")
    except DeadKernelError:
        return watch.error("the kernel died; was the memory used up?")
    except CourseError as error:
        return watch.error(str(error))
    except Exception as error:  # whatever else papermill and Jupyter raise, the report needs a sentence
        return watch.error(f"{type(error).__name__}: {error}")
    return None


def _options(task: Task, watch: CellWatch) -> dict[str, Any]:
    from traitlets.config import Config

    return {
        "kernel_name": "python3",
        "language": "python",
        "progress_bar": False,
        "start_timeout": int(task.start_limit),
        "execution_timeout": max(1, int(task.cell_limit)),
        "cwd": str(Path(task.notebook).parent),
        # Sockets in the file system: parallel kernels that race for TCP ports are papermill's oldest open issue. With
        # a path of their own: by default they all lie in the working directory under the same names.
        "config": Config({"KernelManager": {"transport": "ipc", "ip": f"{task.kernels_dir}/kernel"}}),
        "on_notebook_start": watch.notebook_start,
        "on_cell_start": watch.cell_start,
        "on_cell_executed": watch.cell_executed,
    }


def _parameters_problem(nb: Notebook, parameters: dict[str, str]) -> str:
    """Papermill only warns of these, and then runs with the wrong values."""
    cells = [cell for cell in nb.cells if "parameters" in tags(cell)]
    if len(cells) != 1:
        return f"{len(cells)} cells are tagged 'parameters': there has to be exactly one"
    unknown = sorted(set(parameters) - set(parameters_cell.literals(cells[0].source)))
    return f"the lesson has no parameter {', '.join(unknown)}" if unknown else ""


def write_kernel_spec(kernels_dir: Path) -> None:
    """A kernel `python3` that is this very interpreter, whatever else the machine calls so."""
    folder = kernels_dir / "kernels" / "python3"
    folder.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))


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


def _shortened(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _sentence(name: str, value: str) -> str:
    """An error of ours is a sentence already; others need their type."""
    ours = name.endswith("Error") and name in _our_errors()
    return value if ours or name == "CheckFailed" else f"{name}: {value}"


def _our_errors() -> set[str]:
    from aoi_modules import errors

    return {name for name, value in vars(errors).items() if isinstance(value, type)}


def _plain(text: str) -> str:
    return _ANSI.sub("", text)


def main() -> int:
    """Reads the task, runs it, and stops when the runner is gone."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)  # the kernel must not hold the pipe open
    task = lesson_events.task(sys.stdin.buffer.readline())
    follow_parent(stop_seconds=5.0)
    with os.fdopen(descriptor, "wb") as events:
        return 0 if run(task, events) else 1


if __name__ == "__main__":
    sys.exit(main())
