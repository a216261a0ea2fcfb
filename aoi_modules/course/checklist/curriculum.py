"""The study checklist as data: items, their lessons, and what each lesson needs and leaves.

`reading` makes these frozen structs of `curriculum.yml` and checks them once; everything else in the course takes them
as they are. The order of the lessons in the file is the order in which a trainee meets them.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from aoi_modules.errors import CourseError

GPU_PATIENCE = 8
"""The profile gpu works on the full data, so its limits are this many times those in the file."""

Phase = Literal["preparing for A2 to A4", "preparing for A4 to A5", "A2 to A3", "A3 to A4", "A4 to A5", "Advanced"]
"""As the team's checklist names them."""


class Timeouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits in seconds: for one cell, and for the whole lesson with the start of its kernel."""

    cell: float = 300.0
    lesson: float = 900.0


class LessonPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One notebook: what it needs, what it leaves in its artifacts folder, and how long it may take.

    One that measures how fast something is runs `alone`: beside no other lesson.
    """

    id: str
    notebook: str
    title: str
    written: bool = True
    needs: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    alone: bool = False
    timeouts: Timeouts = Timeouts()

    @property
    def file_name(self) -> str:
        """The notebook's file below notebooks/."""
        return f"{self.notebook}.ipynb"

    @property
    def full_title(self) -> str:
        """Id and title, as the notebook's first heading has them."""
        return f"{self.id} {self.title}"

    def limits(self, profile: str) -> Timeouts:
        """The limits in seconds with this profile."""
        patience = GPU_PATIENCE if profile == "gpu" else 1
        return Timeouts(self.timeouts.cell * patience, self.timeouts.lesson * patience)


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the checklist."""

    id: str
    title: str
    purpose: str
    phase: Phase
    lessons: tuple[LessonPlan, ...]


class Curriculum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole checklist, in the order of the course."""

    items: tuple[Item, ...]

    def lessons(self) -> Iterator[LessonPlan]:
        """All lessons, written or not."""
        for item in self.items:
            yield from item.lessons

    def written(self) -> tuple[LessonPlan, ...]:
        """The lessons that exist; each stands after the lessons that it needs."""
        return tuple(lesson for lesson in self.lessons() if lesson.written)

    def lesson(self, lesson_id: str) -> LessonPlan:
        """The lesson of that id.

        Raises:
            CourseError: there is none, or it is not yet written; the message lists those there are.
        """
        known = {lesson.id: lesson for lesson in self.lessons()}
        lesson = known.get(lesson_id)
        if lesson is not None and lesson.written:
            return lesson
        why = "is not yet written" if lesson is not None else "is not in curriculum.yml"
        names = ", ".join(written.id for written in self.written())
        raise CourseError(f"lesson {lesson_id!r} {why}", hint=f"lessons there are: {names or 'none'}")
