"""The outcome of a run and the checklist as tables for a terminal; plain text where there is none."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aoi_modules.course.checklist.coverage import Coverage
from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.course.checklist.status import CourseStatus, ItemStatus, LessonStatus
from aoi_modules.course.running.outcome import Outcome

COLOURS = {
    "passed": "green",
    "fresh": "green",
    "done": "green",
    "begun": "yellow",
    "failed": "red",
    "skipped": "red",
}


def print_outcomes(console: Console, outcomes: list[Outcome]) -> None:
    """One row a lesson: status, seconds, key figures or the reason."""
    table = _table("Lesson", "Status", "Seconds", "Key figures")
    for outcome in outcomes:
        seconds = f"{outcome.seconds:.1f}" if outcome.seconds else ""
        table.add_row(
            Text(outcome.plan.full_title), _coloured(outcome.status), Text(seconds, justify="right"), _remark(outcome)
        )
    console.print(table)


def print_status(console: Console, status: CourseStatus) -> None:
    """One row an item and lesson, then what is next."""
    table = _table("", "Item", "Phase", "State", "Exercises")
    for item in status.items:
        table.add_row(item.id, Text(item.title, style="bold"), item.phase, _coloured(item.state), "")
        for lesson in item.lessons:
            if _says_more(item, lesson):
                table.add_row("", Text(f"{lesson.id} {lesson.title}"), "", _coloured(lesson.state), _checks(lesson))
    console.print(table)
    console.print(next_line(status), markup=False, highlight=False, soft_wrap=True)


def print_coverage(console: Console, coverage: Coverage, curriculum: Curriculum) -> None:
    """One row an item of the study checklist: words that are taught, deeds with their exercises, and what is open."""
    titles = {item.id: item.title for item in curriculum.items}
    table = _table("", "Item", "Words taught", "Done by hand", "Open")
    for row in coverage.rows:
        deeds = "\n".join(f"{deed.exercise} {deed.deed}" for deed in row.deeds)
        unfinished = "\n".join(one.what for one in row.open)
        table.add_row(
            row.item, Text(titles[row.item], style="bold"), str(len(row.words)), Text(deeds), Text(unfinished)
        )
    console.print(table)


def next_line(status: CourseStatus) -> str:
    """How far, and what is next, in one line."""
    done = f"{status.solved} of {status.exercises} exercises solved"
    if status.next is None:
        return f"{done}: nothing is left for now"
    return f"{done}; next: exercise {status.next} in notebooks/{status.next_notebook}"


def _says_more(item: ItemStatus, lesson: LessonStatus) -> bool:
    """A single lesson that is not yet written would repeat its item."""
    return len(item.lessons) > 1 or lesson.state != "not yet written"


def _checks(lesson: LessonStatus) -> Text:
    return Text("  ").join(
        Text(f"{'✓' if passed else '·'} {name}", style="green" if passed else "")
        for name, passed in lesson.checks.items()
    )


def _remark(outcome: Outcome) -> Text:
    from aoi_modules.course.lesson import shown

    if outcome.manifest is None:
        return Text(outcome.reason)
    figures = [f"{name} {shown(value)}" for name, value in outcome.manifest.figures.items()]
    drawn = [f"stand-in data: {origin.name}" for origin in outcome.manifest.data if origin.stand_in]
    return Text(", ".join([*figures, *drawn]))


def _coloured(state: str) -> Text:
    return Text(state, style=COLOURS.get(state, "dim"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in ("Status", "State", "Seconds"))
    return table
