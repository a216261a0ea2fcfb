"""Links between lessons, and the material they lie in."""

from typing import Any

import pytest

from aoi_modules.course import material
from aoi_modules.course.checklist.navigation import last_cell, neighbours
from aoi_modules.errors import CourseError


def test_links_lead_over_lessons_that_are_not_yet_written(small_course: Any) -> None:
    small_course.lesson("1")
    small_course.lessons.append({"id": "2", "notebook": "02_x", "title": "X", "written": False})
    small_course.lesson("3")
    curriculum = small_course.curriculum
    assert last_cell(curriculum, "1") == "Next: [3 Lesson 3](03_lesson.ipynb)"
    assert last_cell(curriculum, "3").startswith("Previous: [1 Lesson 1](01_lesson.ipynb) | This is the last lesson")
    before, after = neighbours(curriculum, "1")
    assert before is None
    assert after == curriculum.lesson("3")


def test_the_course_folder_goes_before_the_official_material(here: Any) -> None:
    assert material.material_dir() == material.official_dir()
    here.lesson("1")
    assert material.material_dir() == here.folder
    assert material.notebook_path(here.curriculum.lesson("1")) == here.folder / "notebooks" / "01_lesson.ipynb"


def test_a_missing_notebook_is_named(here: Any) -> None:
    here.lesson("1").unlink()
    with pytest.raises(CourseError, match=r"lesson 1: .*01_lesson.ipynb is not there"):
        material.notebook_path(here.curriculum.lesson("1"))
