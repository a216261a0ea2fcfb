"""The forms of a lesson: as kept, solved for headless runs, a trainee's, and the proof of its exercises. Pure.

An exercise is three code cells in this order: the stub (tag `exercise`), the solution (tag `solution`), and the check
(tag `check`), which calls `check("5a.2", answer)`. The notebooks that are kept carry all three.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from aoi_modules.course.notebook.file import Cell, Notebook

TRIAL = "trial"
"""The tag of the cells that only the proving form has."""
STUB = "aoi_stub"
"""In a solution's metadata: the source of the stub that it stands for, so that a page can show what was given."""
_CHECK_CALL = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")
_CHECK_NAME = re.compile(r"""\b(?:\w+\.)*check(?=\(\s*["'])""")


@dataclass(frozen=True)
class ExerciseCells:
    """The cells of one exercise; `solution` is None in a trainee's copy."""

    id: str
    stub: Cell
    solution: Cell | None
    check: Cell


def tags(cell: Cell) -> list[str]:
    """The tags of a cell."""
    return list(cell.metadata.get("tags", []))


def check_id(cell: Cell) -> str | None:
    """The exercise that a cell checks, if it calls `check` with an id."""
    found = _CHECK_CALL.search(cell.source)
    return found[1] if found else None


def exercises(nb: Notebook) -> list[ExerciseCells]:
    """The complete exercises of a notebook, in order. Cells that form no exercise are left to the rules."""
    return list(_exercises(nb))


def _exercises(nb: Notebook) -> Iterator[ExerciseCells]:
    stub: Cell | None = None
    solution: Cell | None = None
    for cell in nb.cells:
        if "exercise" in tags(cell):
            stub, solution = cell, None
        elif "solution" in tags(cell):
            solution = cell
        elif "check" in tags(cell) and stub is not None:
            yield ExerciseCells(check_id(cell) or "", stub, solution, cell)
            stub = None


def kept_form(nb: Notebook) -> Notebook:
    """Without outputs, execution counts and papermill's notes: what belongs into git, and what hashes compare."""
    kept = deepcopy(nb)
    _drop(kept.metadata, "papermill", "widgets")
    for cell in kept.cells:
        _drop(cell.metadata, "papermill", "execution")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return kept


def solved_form(nb: Notebook) -> Notebook:
    """Solutions in place of stubs. A stub without a solution stays: there a trainee has worked."""
    stubs = {exercise.stub.id for exercise in exercises(nb) if exercise.solution is not None}
    return _without(_with_stubs_noted(nb), stubs)


def trainee_form(nb: Notebook) -> Notebook:
    """Stubs and checks without the solutions."""
    return _without(nb, {cell.id for cell in nb.cells if "solution" in tags(cell)})


def proving_form(nb: Notebook) -> Notebook:
    """Runs every exercise twice: the stub, which has to get a hint, then the solution, which has to pass."""
    proving = kept_form(_with_stubs_noted(nb))
    trials = {exercise.stub.id: exercise for exercise in exercises(proving) if exercise.solution is not None}
    cells = []
    for cell in proving.cells:
        cells += _trial(trials[cell.id]) if cell.id in trials else [cell]
    proving.cells = cells
    return proving


def without_trials(nb: Notebook) -> Notebook:
    """An executed proving form as readers want it: what the solved form would have shown, with its outputs."""
    return _only(nb, lambda cell: TRIAL not in tags(cell))


def without_defaults(nb: Notebook) -> Notebook:
    """An executed notebook without the parameters that papermill's own cell below them replaced."""
    if not any("injected-parameters" in tags(cell) for cell in nb.cells):
        return nb
    return _only(nb, lambda cell: "parameters" not in tags(cell))


def is_trainees(nb: Notebook) -> bool:
    """Whether the notebook has exercises and no solutions, so that what is solved in it is a trainee's work."""
    found = exercises(nb)
    return bool(found) and all(exercise.solution is None for exercise in found)


def _drop(metadata: Any, *names: str) -> None:
    for name in names:
        metadata.pop(name, None)


def _without(nb: Notebook, ids: set[str]) -> Notebook:
    return _only(kept_form(nb), lambda cell: cell.id not in ids)


def _only(nb: Notebook, wanted: Callable[[Cell], bool]) -> Notebook:
    form = deepcopy(nb)
    form.cells = [cell for cell in form.cells if wanted(cell)]
    return form


def _with_stubs_noted(nb: Notebook) -> Notebook:
    noted = deepcopy(nb)
    for exercise in exercises(noted):
        if exercise.solution is not None:
            exercise.solution.metadata[STUB] = exercise.stub.source
    return noted


def _trial(exercise: ExerciseCells) -> list[Cell]:
    """The stub, and its check as a trial: the hint has to come, and stops nothing."""
    from nbformat.v4 import new_code_cell

    stub = deepcopy(exercise.stub)
    stub.metadata["tags"] = [*tags(stub), TRIAL]
    trial = _CHECK_NAME.sub("stub_trial.trial", exercise.check.source)
    source = f'from aoi_modules.course import checks as stub_trial\n\n{trial}\n\nstub_trial.hint_came("{exercise.id}")'
    return [stub, new_code_cell(source, metadata={"tags": [TRIAL]})]
