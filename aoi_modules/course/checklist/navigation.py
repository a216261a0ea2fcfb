"""Links from lesson to lesson, made from the checklist: the last cell of every notebook."""

from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan


def neighbours(curriculum: Curriculum, lesson_id: str) -> tuple[LessonPlan | None, LessonPlan | None]:
    """The written lessons before and after one, None at the ends."""
    written = curriculum.written()
    at = written.index(curriculum.lesson(lesson_id))
    return (written[at - 1] if at else None), (written[at + 1] if at + 1 < len(written) else None)


def last_cell(curriculum: Curriculum, lesson_id: str) -> str:
    """The Markdown that a lesson's last cell has to be."""
    before, after = neighbours(curriculum, lesson_id)
    parts = []
    if before is not None:
        parts.append(f"Previous: {_link(before)}")
    if after is not None:
        parts.append(f"Next: {_link(after)}")
    else:
        parts.append("This is the last lesson so far; `aoi course status` shows what you have solved")
    return " | ".join(parts)


def _link(plan: LessonPlan) -> str:
    return f"[{plan.full_title}]({plan.file_name})"
