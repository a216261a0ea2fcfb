"""The process of one lesson: papermill runs the notebook, and every step is told to the run.

    python -m aoi_modules.course.running.lesson_process EVENTS_FD   <  a Task as one line, then an open pipe

Papermill's own status is not trusted: its metadata says "completed" after a timeout or a dead kernel, and a
`sys.exit(0)` in a cell leaves the rest out without an error. So the cells that answered are counted here.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import IO, Any

from aoi_modules import errors
from aoi_modules.child_process import follow_parent
from aoi_modules.course.notebook import parameters_cell
from aoi_modules.course.notebook.file import Notebook, prepare_nbformat, read_notebook
from aoi_modules.course.notebook.forms import proving_form, solved_form, tags
from aoi_modules.course.running import lesson_events
from aoi_modules.course.running.cell_watch import CellWatch
from aoi_modules.course.running.lesson_events import Ended, LessonError, Task
from aoi_modules.errors import AoiError, CourseError

FORMS = {"solved": solved_form, "proving": proving_form}
TRACE_LINES = 40
"""A trace is cut to its last lines; the page of the lesson has the whole of it."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def run(task: Task, events: IO[bytes]) -> bool:
    """Runs the lesson, saves what it gave, tells the run how it ended; says whether every cell ran."""
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
        return watch.error(sentence(error.ename, _plain(error.evalue)), at=error.cell_index, trace=trace)
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


def sentence(name: str, value: str) -> str:
    """An error of ours is a sentence already; others need their type. The kernel tells no more than the type's name."""
    ours = getattr(errors, name, None)
    return value if isinstance(ours, type) and issubclass(ours, AoiError) else f"{name}: {value}"


def _plain(text: str) -> str:
    return _ANSI.sub("", text)


def main() -> int:
    """Reads the task, runs it, and stops when the run is gone."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)  # the kernel must not hold the pipe open
    task = lesson_events.task(sys.stdin.buffer.readline())
    follow_parent(stop_seconds=5.0)
    with os.fdopen(descriptor, "wb") as events:
        return 0 if run(task, events) else 1


if __name__ == "__main__":
    sys.exit(main())
