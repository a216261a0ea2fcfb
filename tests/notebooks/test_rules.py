"""Every lesson in notebooks/ keeps the rules, is in the checklist, and its exercises have a check."""

import re

import pytest

from aoi_modules.course import checks, material
from aoi_modules.course.checklist import reading
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.rules import Subject, broken_rules
from aoi_modules.course.running.package_code import package_functions

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)
LESSONS = pytest.mark.parametrize("plan", CURRICULUM.written(), ids=lambda plan: plan.notebook)


@LESSONS
def test_a_lesson_keeps_the_rules(plan: LessonPlan) -> None:
    path = material.notebook_path(plan, FOLDER)
    assert broken_rules(Subject(read_notebook(path), plan, CURRICULUM, package_functions())) == []


@LESSONS
def test_every_exercise_gives_a_hint_to_no_answer_at_all(plan: LessonPlan) -> None:
    for check_id in plan.checks:
        for answer in (None, ..., "?", {}, object()):
            passed, message = checks.judge(check_id, answer)
            assert not passed, f"{check_id} lets {answer!r} pass"
            assert message


@LESSONS
def test_pictures_in_the_text_are_there(plan: LessonPlan) -> None:
    path = material.notebook_path(plan, FOLDER)
    texts = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"]
    for name in re.findall(r"!\[[^\]]*\]\(([^)\s]+)", "\n".join(texts)):
        assert (path.parent / name).is_file(), name


def test_every_notebook_is_in_the_checklist() -> None:
    found = {path.name for path in (FOLDER / material.NOTEBOOKS).glob("*.ipynb")}
    assert found == {plan.file_name for plan in CURRICULUM.written()}
