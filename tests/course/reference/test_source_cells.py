"""The cell of sources: written before the last cell, held to the data, and gone where a lesson has no sources."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.reference import source_cells
from aoi_modules.errors import CourseError

FOLDER = material.official_dir()


def write(course: Any, *lessons: str) -> Path:
    """The folder of a small course whose only source belongs to these lessons."""
    source = {"title": "Page", "kind": "page", "address": "https://example.com/page", "lessons": list(lessons)}
    folder: Path = course.folder / "notebooks"
    (folder / "sources.yml").write_text(yaml.safe_dump({"sources": [source]}))
    return folder


def cells(path: Path) -> list[tuple[str, str]]:
    return [(cell.id, cell.source) for cell in nbformat.read(path, as_version=4).cells]


def test_every_lesson_of_the_course_has_its_sources() -> None:
    source_cells.refuse_stale(FOLDER / material.NOTEBOOKS, reading.load(FOLDER / reading.FILE_NAME))


def test_the_cell_is_written_once_just_before_the_last(small_course: Any) -> None:
    lesson, other = small_course.lesson("1"), small_course.lesson("2")
    before, untouched = cells(lesson), other.read_bytes()
    folder = write(small_course, "1")
    with pytest.raises(CourseError, match=r"01_lesson.ipynb: its cell of sources differs from sources.yml"):
        source_cells.refuse_stale(folder, small_course.curriculum)
    assert source_cells.refresh(folder, small_course.curriculum) == [lesson]
    written = cells(lesson)
    assert written[-2] == ("sources", "## Sources\n\n**Pages**\n- [Page](https://example.com/page)")
    assert [*written[:-2], written[-1]] == before
    assert other.read_bytes() == untouched
    assert source_cells.refresh(folder, small_course.curriculum) == []
    source_cells.refuse_stale(folder, small_course.curriculum)


def test_a_cell_of_old_sources_is_mended_or_goes(small_course: Any) -> None:
    lesson = small_course.lesson("1")
    before = cells(lesson)
    source_cells.refresh(write(small_course, "1"), small_course.curriculum)
    nb = nbformat.read(lesson, as_version=4)
    nb.cells[-2].source += "\n- [More](https://example.com/more)"
    nbformat.write(nb, lesson)
    with pytest.raises(CourseError, match="differs"):
        source_cells.refuse_stale(lesson.parent, small_course.curriculum)
    source_cells.refresh(lesson.parent, small_course.curriculum)
    assert "more" not in cells(lesson)[-2][1]
    (lesson.parent / "sources.yml").unlink()
    with pytest.raises(CourseError, match="differs"):
        source_cells.refuse_stale(lesson.parent, small_course.curriculum)
    source_cells.refresh(lesson.parent, small_course.curriculum)
    assert cells(lesson) == before
