"""For every exercise of every lesson: the stub's answer gets a hint, the solution's answer passes.

One headless run of all lessons proves both: behind every stub its check runs and has to give a hint, and only then do
solution and check run as in the lesson.
"""

from pathlib import Path

import pytest
from rich.console import Console

from aoi_modules.course import curriculum as checklist
from aoi_modules.course import material
from aoi_modules.course.display import PlainDisplay
from aoi_modules.course.runner import CourseRun, Request


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_stubs_fail_and_solutions_pass(tmp_path: Path) -> None:
    folder = material.official_dir()
    curriculum = checklist.load(folder / checklist.FILE_NAME)
    request = Request(
        curriculum=curriculum,
        plans=curriculum.written(),
        profile="ci",
        material_dir=folder,
        course_dir=tmp_path,
        jobs=2,
        form="proving",
    )
    outcomes = CourseRun(request, PlainDisplay(Console(stderr=True))).run()
    assert {outcome.plan.id: outcome.reason for outcome in outcomes if not outcome.good} == {}
