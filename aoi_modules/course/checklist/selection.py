"""Which lessons a run is about, and what each of them waits for. Pure."""

from collections.abc import Sequence

from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan


def selected(curriculum: Curriculum, only: Sequence[str] = (), start: str | None = None) -> tuple[LessonPlan, ...]:
    """The lessons to run, in the order of the course.

    Args:
        curriculum: the checklist.
        only: ids; just these lessons. Empty: all.
        start: id; this lesson and all after it.

    Raises:
        CourseError: an id is unknown or its lesson not yet written.
    """
    written = curriculum.written()
    if only:
        wanted = {curriculum.lesson(lesson_id).id for lesson_id in only}
        written = tuple(plan for plan in written if plan.id in wanted)
    if start is not None:
        first = curriculum.written().index(curriculum.lesson(start))
        written = tuple(plan for plan in written if plan in curriculum.written()[first:])
    return written


def waits_for(plan: LessonPlan, unfinished: Sequence[LessonPlan]) -> bool:
    """Whether a lesson needs one that this run has not finished yet."""
    return any(other.id in plan.needs for other in unfinished)
