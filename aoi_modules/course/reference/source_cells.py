"""The cell of sources in the lessons: written from the data, and held to it.

It stands just before the last cell, which leads to the next lesson. A lesson without sources has none, and so have all
lessons of a folder without sources.yml.
"""

from pathlib import Path

from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.course.notebook.file import Notebook, read_notebook
from aoi_modules.course.reference import sources
from aoi_modules.course.reference.sources import CELL_ID, Source
from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole


def refresh(folder: Path, curriculum: Curriculum) -> list[Path]:
    """Writes the cell into the lessons of a folder; returns those that changed.

    Raises:
        CourseError: the sources or a lesson cannot be read.
    """
    import nbformat

    found, changed = _sources(folder, curriculum), []
    for path, lesson_id in _lessons(folder, curriculum):
        nb = read_notebook(path)
        if _put(nb, found, lesson_id):
            write_whole(path, f"{nbformat.writes(nb).rstrip()}\n".encode())
            changed.append(path)
    return changed


def refuse_stale(folder: Path, curriculum: Curriculum) -> None:
    """Checks that every lesson of a folder has the cell of today.

    Raises:
        CourseError: one has not; names it.
    """
    found = _sources(folder, curriculum)
    for path, lesson_id in _lessons(folder, curriculum):
        if _put(read_notebook(path), found, lesson_id):
            raise CourseError(f"{path}: its cell of sources differs from {sources.FILE_NAME}", hint="aoi course readme")


def _sources(folder: Path, curriculum: Curriculum) -> tuple[Source, ...]:
    path = folder / sources.FILE_NAME
    return sources.load(path, curriculum) if path.exists() else ()


def _lessons(folder: Path, curriculum: Curriculum) -> list[tuple[Path, str]]:
    return [(folder / plan.file_name, plan.id) for plan in curriculum.written()]


def _put(nb: Notebook, found: tuple[Source, ...], lesson_id: str) -> bool:
    """Puts the cell where it belongs; says whether anything changed."""
    from nbformat.v4 import new_markdown_cell

    before = [(cell.id, cell.source) for cell in nb.cells]
    nb.cells = [cell for cell in nb.cells if cell.id != CELL_ID]
    if any(lesson_id in source.lessons for source in found):
        nb.cells.insert(-1, new_markdown_cell(sources.cell_text(found, lesson_id), id=CELL_ID))
    return before != [(cell.id, cell.source) for cell in nb.cells]
