"""What every lesson keeps to, checked without running it.

Each rule yields sentences that say which cell and what to do. `broken_rules` gathers them all.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan
from aoi_modules.course.checklist.navigation import last_cell
from aoi_modules.course.notebook import parameters_cell
from aoi_modules.course.notebook.file import Cell, Notebook
from aoi_modules.course.notebook.forms import ExerciseCells, check_id, exercises, tags

MAX_FUNCTION_LINES = 10
TITLE_SECTIONS = ("**You will be able to**", "**Needs**")
"""What the title cell has to hold: the objectives and the prerequisites."""


@dataclass(frozen=True)
class Subject:
    """A notebook on trial, with the checklist and the names that the package defines."""

    nb: Notebook
    plan: LessonPlan
    curriculum: Curriculum
    package_functions: frozenset[str]

    @property
    def code(self) -> list[tuple[int, Cell]]:
        """The code cells, with their number among all cells from 1."""
        return [(number, cell) for number, cell in enumerate(self.nb.cells, 1) if cell.cell_type == "code"]


Rule = Callable[[Subject], Iterator[str]]


def broken_rules(subject: Subject) -> list[str]:
    """One sentence for every broken rule; an empty list for a good lesson."""
    return [f"{subject.plan.file_name}: {problem}" for rule in RULES for problem in rule(subject)]


def has_plain_form(subject: Subject) -> Iterator[str]:
    """nbformat 4.5 with cell ids, kernel python3, no outputs."""
    nb = subject.nb
    if (nb.nbformat, nb.nbformat_minor) != (4, 5):
        yield f"nbformat {nb.nbformat}.{nb.nbformat_minor}: save it as 4.5, which has cell ids"
    kernel = nb.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield f"kernelspec {kernel!r}: has to be 'python3'"
    for name in {"papermill", "widgets"} & set(nb.metadata):
        yield f"metadata {name!r}: belongs to a run, not to the lesson"
    ids = [cell.get("id") for cell in nb.cells]
    if len(set(ids)) < len(ids) or not all(ids):
        yield "cell ids: each cell needs one of its own"
    for number, cell in subject.code:
        if cell.outputs or cell.execution_count is not None:
            yield f"cell {number}: has outputs or an execution count; clear all outputs before you save"


def begins_with_title(subject: Subject) -> Iterator[str]:
    """The first cell: heading with id and title, objectives, prerequisites."""
    first = subject.nb.cells[0] if subject.nb.cells else None
    heading = f"# {subject.plan.full_title}"
    if first is None or first.cell_type != "markdown" or first.source.splitlines()[:1] != [heading]:
        yield f"cell 1: has to be Markdown and begin with the line {heading!r}"
        return
    for section in TITLE_SECTIONS:
        if section not in first.source:
            yield f"cell 1: has to say {section}, for the objectives and the prerequisites"


def has_parameters(subject: Subject) -> Iterator[str]:
    """Exactly one cell tagged `parameters`, of annotated literals with a comment, before any other code."""
    cells = [(number, cell) for number, cell in subject.code if "parameters" in tags(cell)]
    if len(cells) != 1:
        yield f"{len(cells)} cells are tagged 'parameters': there has to be exactly one"
        return
    number, cell = cells[0]
    if subject.code[0][1] is not cell:
        yield f"cell {number}: the parameters have to be the first code cell"
    yield from (f"cell {number}: {problem}" for problem in parameters_cell.problems(cell.source))


def parses(subject: Subject) -> Iterator[str]:
    """Python only: no magics and no shell, which a reader's machine may not have."""
    for number, cell in subject.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"cell {number}: not plain Python: {error.msg} (line {error.lineno})"


def uses_the_package(subject: Subject) -> Iterator[str]:
    """A lesson teaches what production runs, so it imports it and defines nothing that belongs there."""
    nodes = [(number, node) for number, cell in subject.code for node in _nodes(cell)]
    if not any(_imports_package(node) for _, node in nodes):
        yield "no cell imports aoi_modules: a lesson teaches what production runs"
    for number, node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if node.name in subject.package_functions:
            yield f"cell {number}: defines {node.name}(), which aoi_modules has: import it"
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield f"cell {number}: {node.name}() has {length} lines, over {MAX_FUNCTION_LINES}: move it to aoi_modules"


def has_whole_exercises(subject: Subject) -> Iterator[str]:
    """Stub, solution, check: in this order, of the same id, and exactly those of the checklist."""
    kinds = ("exercise", "solution", "check")
    tagged = [(number, kind, cell) for number, cell in subject.code for kind in kinds if kind in tags(cell)]
    order = [kind for _, kind, _ in tagged]
    if order != list(kinds) * (len(order) // 3):
        yield f"exercises: expected exercise, solution, check, again and again. Received: {', '.join(order)}"
        return
    found = exercises(subject.nb)
    for exercise in found:
        yield from _announced(subject.nb.cells, exercise)
    ids = [exercise.id for exercise in found]
    if ids != list(subject.plan.checks):
        yield f"exercises: curriculum.yml lists {list(subject.plan.checks)}. Received: {ids}"
    for number, cell in subject.code:
        if check_id(cell) and "check" not in tags(cell):
            yield f"cell {number}: calls check() without the tag 'check'"


def finishes(subject: Subject) -> Iterator[str]:
    """It opens its own folder, and the last code cell writes the manifest."""
    opened = [call for _, cell in subject.code for call in _calls(cell, "open") if _first_text(call) is not None]
    if [_first_text(call) for call in opened] != [subject.plan.id]:
        yield f'expected exactly one Lesson.open("{subject.plan.id}", profile=profile)'
    if not subject.code or not _calls(subject.code[-1][1], "finish"):
        yield "the last code cell has to call lesson.finish(...)"
    used = {_first_text(call) for _, cell in subject.code for call in _calls(cell, "needs")}
    if used != set(subject.plan.needs):
        yield (
            f"lesson.needs: curriculum.yml lists {sorted(subject.plan.needs)}. "
            f"Received: {sorted(str(name) for name in used)}"
        )


def ends_with_links(subject: Subject) -> Iterator[str]:
    """The last cell leads on, as the checklist says."""
    expected = last_cell(subject.curriculum, subject.plan.id)
    last = subject.nb.cells[-1] if subject.nb.cells else None
    if last is None or last.cell_type != "markdown" or last.source.strip() != expected:
        yield f"the last cell has to be this Markdown: {expected}"


def works_offline(subject: Subject) -> Iterator[str]:
    """Pictures from the network would be missing in a factory, and in the report."""
    for number, cell in enumerate(subject.nb.cells, 1):
        if cell.cell_type != "markdown":
            continue
        if re.search(r"!\[[^\]]*\]\(\s*(https?:)?//", cell.source):
            yield f"cell {number}: shows a picture from the network; keep it beside the lesson"
        if re.search(r"<(img|script|link|iframe)\b", cell.source, re.IGNORECASE):
            yield f"cell {number}: holds HTML that may load something; write Markdown"


RULES: tuple[Rule, ...] = (
    has_plain_form,
    begins_with_title,
    has_parameters,
    parses,
    uses_the_package,
    has_whole_exercises,
    finishes,
    ends_with_links,
    works_offline,
)


def _nodes(cell: Cell) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(cell.source)))
    except SyntaxError:  # the rule `parses` says so
        return []


def _imports_package(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] == "aoi_modules"
    return isinstance(node, ast.Import) and any(name.name.partition(".")[0] == "aoi_modules" for name in node.names)


def _calls(cell: Cell, method: str) -> list[ast.Call]:
    """The calls of a method of that name on a variable, as in `lesson.finish(...)`."""
    calls = (node for node in _nodes(cell) if isinstance(node, ast.Call))
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == method
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ("lesson", "Lesson")
    ]


def _first_text(call: ast.Call) -> Any:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) else None


def _announced(cells: list[Cell], exercise: ExerciseCells) -> Iterator[str]:
    """The text above a stub has to set the task, under a heading with the exercise's id."""
    if not exercise.id:
        yield 'exercises: a check cell has to call check("ID", answer)'
        return
    texts = [cell.source for cell in cells[: cells.index(exercise.stub)] if cell.cell_type == "markdown"]
    headings = [line for line in (texts[-1] if texts else "").splitlines() if line.startswith("#")]
    if not headings or f"Exercise {exercise.id}: " not in headings[-1]:
        yield f"exercise {exercise.id}: the text above has to have the heading 'Exercise {exercise.id}: ...'"
