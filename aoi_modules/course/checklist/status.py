"""What of the checklist is done and what is next."""

from typing import Literal

import msgspec

from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan
from aoi_modules.course.checklist.progress import Progress

State = Literal["done", "begun", "open", "not yet written"]


class LessonStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson and its exercises: id -> solved."""

    id: str
    title: str
    notebook: str
    state: State
    checks: dict[str, bool]


class ItemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the checklist."""

    id: str
    title: str
    phase: str
    state: State
    lessons: tuple[LessonStatus, ...]


class CourseStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The whole checklist. `next` is the id of the first exercise not solved, None when all are."""

    solved: int
    exercises: int
    next: str | None
    next_notebook: str | None
    items: tuple[ItemStatus, ...]


def course_status(curriculum: Curriculum, progress: Progress) -> CourseStatus:
    """Compares the checklist with what is solved. Lessons not yet written count for nothing."""
    checks = [(name, plan.file_name) for plan in curriculum.written() for name in plan.checks]
    left = [(name, notebook) for name, notebook in checks if not progress.passed(name)]
    return CourseStatus(
        solved=len(checks) - len(left),
        exercises=len(checks),
        next=left[0][0] if left else None,
        next_notebook=left[0][1] if left else None,
        items=tuple(_item(item, progress) for item in curriculum.items),
    )


def _item(item: Item, progress: Progress) -> ItemStatus:
    lessons = tuple(_lesson(plan, progress) for plan in item.lessons)
    states = {lesson.state for lesson in lessons}
    return ItemStatus(id=item.id, title=item.title, phase=item.phase, state=_together(states), lessons=lessons)


def _together(states: set[State]) -> State:
    """An item is done when every lesson is; a lesson that is not yet written leaves it begun at most."""
    if len(states) == 1:
        return states.pop()
    if states & {"done", "begun"}:
        return "begun"
    return "open" if "open" in states else "not yet written"


def _lesson(plan: LessonPlan, progress: Progress) -> LessonStatus:
    checks = {name: progress.passed(name) for name in plan.checks}
    return LessonStatus(
        id=plan.id, title=plan.title, notebook=plan.file_name, state=_state(plan, checks), checks=checks
    )


def _state(plan: LessonPlan, checks: dict[str, bool]) -> State:
    if not plan.written:
        return "not yet written"
    if checks and all(checks.values()):
        return "done"
    return "begun" if any(checks.values()) else "open"
