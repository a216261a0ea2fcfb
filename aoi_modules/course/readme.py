"""The tables of README that are made from data, each between two markers: the checklist, and the settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan
from aoi_modules.course.material import NOTEBOOKS
from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.settings import Row, rows


@dataclass(frozen=True)
class Part:
    """A table and where it goes.

    Args:
        name: as the markers have it.
        what: as people call it.
        source: what it is made from.
        table: Markdown.
    """

    name: str
    what: str
    source: str
    table: str

    @property
    def begin(self) -> str:
        """The marker above the table."""
        return f"<!-- {self.name}:begin -->"

    @property
    def end(self) -> str:
        """The marker below the table."""
        return f"<!-- {self.name}:end -->"


def parts(curriculum: Curriculum) -> tuple[Part, ...]:
    """The tables as they have to be today."""
    return (
        Part("checklist", "checklist", "curriculum.yml", checklist_table(curriculum)),
        Part("settings", "table of settings", "aoi_modules/settings.py", settings_table()),
    )


def checklist_table(curriculum: Curriculum) -> str:
    """The checklist as a Markdown table, one row an item."""
    heading = ["| | Item | Purpose | Phase | Lessons |", "|---|---|---|---|---|"]
    return "\n".join([*heading, *(_item(item) for item in curriculum.items)])


def settings_table() -> str:
    """The settings as a Markdown table, one row a setting."""
    heading = ["| variable | in `aoi.toml` | value | default | what it is |", "|---|---|---|---|---|"]
    return "\n".join([*heading, *(_setting(row) for row in rows())])


def with_tables(text: str, wanted: Sequence[Part], origin: str = "README.md") -> str:
    """The text with the tables between their markers made anew; everything else stays.

    A text may leave out a table with both of its markers, but not all tables.

    Raises:
        CourseError: a marker is there twice, without the other one or in the wrong order, or there is none.
    """
    there = [part for part in wanted if part.begin in text or part.end in text]
    for part in there or wanted:
        text = _with_table(text, part, origin)
    return text


def refresh(path: Path, curriculum: Curriculum) -> bool:
    """Writes the tables into a file; says whether anything changed.

    Raises:
        CourseError: no such file, or no markers in it.
    """
    text = _text(path)
    fresh = with_tables(text, parts(curriculum), str(path))
    if fresh != text:
        write_whole(path, fresh.encode())
    return fresh != text


def refuse_stale(path: Path, curriculum: Curriculum) -> None:
    """Checks that a file carries the tables of today.

    Raises:
        CourseError: it does not, or its markers are not right; names the table and what it is made from.
    """
    text = _text(path)
    with_tables(text, parts(curriculum), str(path))
    for part in parts(curriculum):
        if part.begin in text and _with_table(text, part, str(path)) != text:
            raise CourseError(f"{path}: its {part.what} differs from {part.source}", hint="aoi course readme")


def _with_table(text: str, part: Part, origin: str) -> str:
    begin, end = text.find(part.begin), text.find(part.end)
    if text.count(part.begin) != 1 or text.count(part.end) != 1 or end < begin:
        raise CourseError(
            f"{origin}: expected the markers {part.begin} and {part.end}, each once, in this order. "
            f"Received: {text.count(part.begin)} and {text.count(part.end)}",
            hint="write both on lines of their own, where the table belongs",
        )
    return f"{text[:begin]}{part.begin}\n{part.table}\n{text[end:]}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file") from None


def _item(item: Item) -> str:
    lessons = "<br>".join(_lesson(plan) for plan in item.lessons)
    return f"| {item.id} | {_cell(item.title)} | {_cell(item.purpose)} | {item.phase} | {lessons} |"


def _lesson(plan: LessonPlan) -> str:
    title = _cell(plan.full_title)
    return f"[{title}]({NOTEBOOKS}/{plan.file_name})" if plan.written else f"{title} (not yet written)"


def _setting(row: Row) -> str:
    key = f"`{row.key}`" if row.key else ""
    return f"| `{row.variable}` | {key} | {row.kind} | {_cell(row.default)} | {_cell(row.meaning)} |"


def _cell(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", r"\|")
