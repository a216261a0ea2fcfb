"""Where everything of a run lies: as the settings say, in a folder a profile."""

from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.errors import CourseError
from aoi_modules.settings import load

PLAN = LessonPlan(id="5a", notebook="05a_small", title="Small")


def test_the_places(small_course: Any) -> None:
    small_course.lesson("1")
    given, folder = small_course.order(profile="cpu"), small_course.folder
    assert (given.artifacts_dir, given.report_dir) == (folder / "artifacts", folder / "report")
    assert given.folder(PLAN) == folder / "artifacts/cpu/5a"
    assert given.executed(PLAN) == folder / "report/notebooks/cpu/05a_small.ipynb"
    assert given.log(PLAN) == folder / "report/logs/cpu/05a_small.log"
    assert given.solved_file(PLAN) == folder / "report/logs/cpu/05a_small.checks.json"


def test_the_notebook_comes_from_the_material(small_course: Any) -> None:
    small_course.lesson("1")
    given = small_course.order()
    assert given.notebook(given.plans[0]) == small_course.folder / "notebooks" / "01_lesson.ipynb"
    with pytest.raises(CourseError, match=r"05a_small\.ipynb is not there"):
        given.notebook(PLAN)


def test_one_lesson_at_a_time_and_only_what_is_not_fresh_by_default(small_course: Any) -> None:
    small_course.lesson("1")
    given = small_course.order()
    assert (given.jobs, given.force, given.form) == (1, False, "solved")


def test_the_course_folder_need_not_hold_the_material(small_course: Any, tmp_path_factory: Any) -> None:
    elsewhere: Path = tmp_path_factory.mktemp("elsewhere")
    small_course.lesson("1")
    given = small_course.order(given=load({"AOI_COURSE_DIR": str(elsewhere)}, small_course.folder))
    assert given.folder(PLAN).is_relative_to(elsewhere)
    assert given.notebook(given.plans[0]).is_relative_to(small_course.folder)
