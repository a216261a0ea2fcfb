"""Small courses in a folder: a checklist and notebooks that run in a second, without TensorFlow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from aoi_modules.course.checklist import reading
from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.course.checklist.navigation import last_cell
from aoi_modules.course.checklist.selection import selected
from aoi_modules.course.running.order import RunOrder
from aoi_modules.settings import load, settings

# a busy machine is no failure
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

PARAMETERS = 'profile: str = "cpu"  # size of the work: ci, cpu or gpu'


@dataclass
class SmallCourse:
    """A course folder that a test fills lesson by lesson."""

    folder: Path
    lessons: list[dict[str, Any]] = field(default_factory=list)

    def lesson(self, lesson_id: str, *cells: Any, **plan: Any) -> Path:
        """Adds a lesson whose code is `cells` between the usual first and last ones; returns its notebook."""
        entry = {"id": lesson_id, "notebook": f"{int(lesson_id):02d}_lesson", "title": f"Lesson {lesson_id}", **plan}
        self.lessons.append(entry)
        self.write_checklist()
        return self.notebook(lesson_id, *cells)

    def notebook(self, lesson_id: str, *cells: Any, finish: str = "lesson.finish()") -> Path:
        """Writes the notebook of a lesson that the checklist has."""
        plan = self.curriculum.lesson(lesson_id)
        needs = [new_code_cell(f'lesson.needs("{need}")') for need in plan.needs]
        opening = f'from aoi_modules.course.lesson import Lesson\n\nlesson = Lesson.open("{plan.id}", profile=profile)'
        nb = new_notebook(
            cells=[
                new_markdown_cell(f"# {plan.full_title}\n\n**You will be able to** test\n\n**Needs** nothing"),
                new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
                new_code_cell(opening),
                *needs,
                *(cell if not isinstance(cell, str) else new_code_cell(cell) for cell in cells),
                *([new_code_cell(finish)] if finish else []),
                new_markdown_cell(last_cell(self.curriculum, plan.id)),
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        path = self.folder / "notebooks" / plan.file_name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(nb, path)
        return path

    def order(self, *only: str, profile: str = "ci", **options: Any) -> RunOrder:
        """An order to run these lessons, or all, in this folder."""
        options = {"given": load({}, self.folder), **options}
        curriculum = self.curriculum
        return RunOrder(
            curriculum=curriculum,
            plans=selected(curriculum, only),
            profile=profile,
            material_dir=self.folder,
            **options,
        )

    @property
    def curriculum(self) -> Curriculum:
        return reading.load(self.folder / "curriculum.yml")

    def write_checklist(self) -> None:
        item = {"id": "1", "title": "All", "purpose": "To test `code`.", "phase": "A2 to A3", "lessons": self.lessons}
        (self.folder / "curriculum.yml").write_text(yaml.safe_dump({"items": [item]}))


@pytest.fixture
def small_course(tmp_path: Path) -> SmallCourse:
    """An empty course folder."""
    return SmallCourse(tmp_path)


@pytest.fixture
def exercise_cells() -> Callable[[str, str, str], list[Any]]:
    """Cells of an exercise: (id, the stub's answer, the solution's answer). Right is a number over 3."""

    def cells(check_id: str, stub: str, solution: str) -> list[Any]:
        check = (
            "from aoi_modules.course.checks import Hint, check, exercise\n\n\n"
            f'@exercise("{check_id}")\n'
            "def over_three(answer):\n"
            "    if not answer > 3:\n"
            '        raise Hint(f"found {answer}, expected a number over 3")\n'
            '    return "a number over 3"\n\n\n'
            f'check("{check_id}", answer, among=[over_three])'
        )
        return [
            new_markdown_cell(f"## Exercise {check_id}: a number\n\nGive a number over 3."),
            new_code_cell(f"answer = {stub}", metadata={"tags": ["exercise"]}),
            new_code_cell(f"answer = {solution}", metadata={"tags": ["solution"]}),
            new_code_cell(check, metadata={"tags": ["check"]}),
        ]

    return cells


@pytest.fixture
def here(small_course: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCourse]:
    """The small course as the course folder of this very process."""
    monkeypatch.setenv("AOI_COURSE_DIR", str(small_course.folder))
    for name in ("AOI_STRICT_CHECKS", "AOI_RUN_TOKEN", "AOI_PROGRESS_FILE"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield small_course
    settings.cache_clear()
