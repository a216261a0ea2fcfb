"""Where lessons come from: the course folder, the checkout, or the wheel."""

from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course import material
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.errors import CourseError
from aoi_modules.settings import settings


def test_the_official_material_of_a_checkout_lies_beside_the_package() -> None:
    folder = material.official_dir()
    assert folder == material.PACKAGE.parent
    assert (folder / material.NOTEBOOKS).is_dir()


def test_a_wheel_carries_it_inside_and_takes_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "PACKAGE", tmp_path / "aoi_modules")
    inside = tmp_path / "aoi_modules" / "course" / "material"
    inside.mkdir(parents=True)
    with pytest.raises(CourseError, match="this installation carries no lessons") as caught:
        material.official_dir()
    assert caught.value.hint.startswith("install the wheel")
    (tmp_path / "curriculum.yml").touch()
    assert material.official_dir() == tmp_path
    (inside / "curriculum.yml").touch()
    assert material.official_dir() == inside


def test_a_course_folder_with_a_checklist_is_worked_with(here: Any) -> None:
    here.lesson("1")
    assert material.material_dir() == here.folder
    assert [plan.id for plan in material.curriculum().written()] == ["1"]


def test_elsewhere_the_official_lessons_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_COURSE_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        assert material.material_dir() == material.official_dir()
    finally:
        settings.cache_clear()


def test_a_notebook_that_is_missing_is_named(here: Any, tmp_path: Path) -> None:
    path = here.lesson("1")
    plan = here.curriculum.lesson("1")
    assert material.notebook_path(plan) == material.notebook_path(plan, here.folder) == path
    other = LessonPlan(id="2", notebook="02_other", title="Other")
    with pytest.raises(CourseError, match=r"lesson 2: .*02_other\.ipynb is not there") as caught:
        material.notebook_path(other, here.folder)
    assert caught.value.hint == "aoi course start . adds missing lessons"
