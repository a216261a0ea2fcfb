"""The checklist as README's table, generated between two markers."""

from pathlib import Path

from aoi_modules.course.artifacts import write_whole
from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan
from aoi_modules.course.material import NOTEBOOKS
from aoi_modules.errors import CourseError

BEGIN = "<!-- checklist:begin -->"
END = "<!-- checklist:end -->"


def table(curriculum: Curriculum) -> str:
    """The checklist as a Markdown table, one row an item."""
    rows = ["| | Item | Why | Phase | Lessons |", "|---|---|---|---|---|"]
    rows.extend(_row(item) for item in curriculum.items)
    return "\n".join(rows)


def with_table(text: str, curriculum: Curriculum, origin: str = "README.md") -> str:
    """The text with the table between the markers made anew; everything else stays.

    Raises:
        CourseError: the markers are not there, each once and in order.
    """
    begin, end = text.find(BEGIN), text.find(END)
    if text.count(BEGIN) != 1 or text.count(END) != 1 or end < begin:
        raise CourseError(
            f"{origin}: expected the markers {BEGIN} and {END}, each once, in this order. "
            f"Received: {text.count(BEGIN)} and {text.count(END)}",
            hint="write both on lines of their own, where the table belongs",
        )
    return f"{text[:begin]}{BEGIN}\n{table(curriculum)}\n{text[end:]}"


def refresh(path: Path, curriculum: Curriculum) -> bool:
    """Writes the table into a file; says whether anything changed.

    Raises:
        CourseError: no such file, or no markers in it.
    """
    text = _text(path)
    fresh = with_table(text, curriculum, str(path))
    if fresh != text:
        write_whole(path, fresh.encode())
    return fresh != text


def refuse_stale(path: Path, curriculum: Curriculum) -> None:
    """Checks that a file carries the table of today.

    Raises:
        CourseError: it does not.
    """
    text = _text(path)
    if with_table(text, curriculum, str(path)) != text:
        raise CourseError(f"{path}: its checklist differs from curriculum.yml", hint="aoi course readme")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file") from None


def _row(item: Item) -> str:
    lessons = "<br>".join(_lesson(plan) for plan in item.lessons)
    return f"| {item.id} | {_cell(item.title)} | {_cell(item.purpose)} | {item.phase} | {lessons} |"


def _lesson(plan: LessonPlan) -> str:
    title = _cell(plan.full_title)
    return f"[{title}]({NOTEBOOKS}/{plan.file_name})" if plan.written else f"{title} (not yet written)"


def _cell(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", r"\|")
