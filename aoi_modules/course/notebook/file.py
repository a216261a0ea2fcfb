"""Notebook files as nodes."""

import sys
from pathlib import Path
from typing import Any

from aoi_modules.errors import CourseError

Notebook = Any
"""An nbformat.NotebookNode of nbformat 4.5."""
Cell = Any
"""An nbformat.NotebookNode of one cell."""


def read_notebook(path: Path) -> Notebook:
    """A notebook as nodes.

    Raises:
        CourseError: it is not there, or not a notebook.
    """
    prepare_nbformat()
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:  # nbformat is surprised by some files
        raise CourseError(f"{path}: not a notebook of nbformat 4: {error}") from None


def sources_of(path: Path) -> dict[str, str]:
    """The text of each cell of a notebook, by the cell's id.

    Raises:
        CourseError: it is not there, or not a notebook.
    """
    return {cell.id: cell.source for cell in read_notebook(path).cells}


def prepare_nbformat() -> None:
    """Imports what nbformat needs without a grammar of international addresses, which takes two seconds to build.

    jsonschema has it as an option for a format that no notebook uses, and does without where it is not installed.
    """
    name = "rfc3987_syntax"
    if "jsonschema" in sys.modules or name in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]  # Python's own mark for "cannot be imported"
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[name]
