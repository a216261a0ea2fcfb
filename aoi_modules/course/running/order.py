"""What a run is about: which lessons, how large, in which form, and where everything of them lies."""

from dataclasses import dataclass
from pathlib import Path

from aoi_modules.course import artifacts, material
from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan
from aoi_modules.course.running.lesson_events import Form
from aoi_modules.settings import Settings


@dataclass(frozen=True)
class RunOrder:
    """An order to run lessons.

    Args:
        curriculum: the whole checklist.
        plans: the lessons to run, in the order of the course.
        profile: size of the work.
        material_dir: folder of the checklist and the notebooks.
        given: the settings, which name the folders of artifacts and report.
        jobs: lessons at a time.
        force: whether fresh lessons run too.
        form: "proving" also shows that every exercise's stub gets a hint.
    """

    curriculum: Curriculum
    plans: tuple[LessonPlan, ...]
    profile: str
    material_dir: Path
    given: Settings
    jobs: int = 1
    force: bool = False
    form: Form = "solved"

    @property
    def artifacts_dir(self) -> Path:
        """What the lessons of all profiles leave."""
        return self.given.artifacts_dir

    @property
    def report_dir(self) -> Path:
        """Index, pages and logs of runs."""
        return self.given.report_dir

    def notebook(self, plan: LessonPlan) -> Path:
        """The notebook of the lesson.

        Raises:
            CourseError: there is no such file.
        """
        return material.notebook_path(plan, self.material_dir)

    def folder(self, plan: LessonPlan) -> Path:
        """Where the lesson leaves its artifacts."""
        return artifacts.lesson_dir(self.artifacts_dir, self.profile, plan.id)

    def executed(self, plan: LessonPlan) -> Path:
        """Where the executed notebook goes; its page goes beside it."""
        return self.report_dir / material.NOTEBOOKS / self.profile / plan.file_name

    def log(self, plan: LessonPlan) -> Path:
        """What the lesson's process printed."""
        return self._logs_dir / f"{plan.notebook}.log"

    def solved_file(self, plan: LessonPlan) -> Path:
        """Which exercises the lesson solved in its last run, in the form of a progress file."""
        return self._logs_dir / f"{plan.notebook}.checks.json"

    @property
    def _logs_dir(self) -> Path:
        return self.report_dir / "logs" / self.profile
