"""Where the checklist and the lessons are found: the course folder, else what the package brings."""

from pathlib import Path

from aoi_modules.course.checklist import reading
from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan
from aoi_modules.errors import CourseError
from aoi_modules.settings import settings

NOTEBOOKS = "notebooks"
PACKAGE = Path(__file__).parents[1]
"""The folder of aoi_modules."""


def official_dir() -> Path:
    """The folder with the official curriculum.yml and notebooks/: the checkout, or the material inside the wheel.

    Raises:
        CourseError: this installation carries neither.
    """
    for folder in (PACKAGE / "course" / "material", PACKAGE.parent):
        if (folder / reading.FILE_NAME).is_file():
            return folder
    raise CourseError(
        f"{PACKAGE}: this installation carries no lessons",
        hint="install the wheel of aoi-academy, or work in a clone of the repository",
    )


def material_dir() -> Path:
    """The folder whose lessons this process works with: the course folder if it has a checklist, else the official."""
    course_dir = settings().course_dir
    return course_dir if (course_dir / reading.FILE_NAME).is_file() else official_dir()


def curriculum() -> Curriculum:
    """The checklist of `material_dir()`."""
    return reading.load(material_dir() / reading.FILE_NAME)


def notebook_path(plan: LessonPlan, folder: Path | None = None) -> Path:
    """The notebook of a lesson.

    Args:
        plan: a lesson that is written.
        folder: of the material; default: `material_dir()`.

    Raises:
        CourseError: there is no such file.
    """
    path = (folder or material_dir()) / NOTEBOOKS / plan.file_name
    if not path.is_file():
        raise CourseError(f"lesson {plan.id}: {path} is not there", hint="aoi course start . adds missing lessons")
    return path
