"""Progress that a person can follow: live bars on a terminal, plain lines everywhere else."""

from pathlib import Path
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.durations import in_words
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone
from aoi_modules.course.running.outcome import Outcome

STILL_SECONDS = 30.0
"""A cell that works longer says so in plain lines, so that a log never looks dead."""


class Display(Protocol):
    """Is told what happens; shows it on standard error."""

    def report(self, index: Path) -> None:
        """Shows where the report is, which fills up while the lessons run."""

    def begins(self, plan: LessonPlan, why: str) -> None:
        """Shows that a lesson runs again that has passed before; `why` says what changed."""

    def began(self, plan: LessonPlan, event: Began) -> None:
        """Shows that the kernel of a lesson is up."""

    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None:
        """Shows which cell is at work."""

    def cell_done(self, plan: LessonPlan, event: CellDone) -> None:
        """Shows that a cell ran without an error."""

    def still(self, plan: LessonPlan, seconds: float) -> None:
        """Is told every half second or so how many seconds the cell at work has taken so far."""

    def left(self, seconds: float | None) -> None:
        """Is told every half second or so how long the whole run will still take; None where nobody knows."""

    def ended(self, outcome: Outcome) -> None:
        """Shows the outcome of a lesson, whether it ran or not."""

    def page(self, plan: LessonPlan, page: Path) -> None:
        """Shows where the page of a lesson is, once it can be opened."""

    def close(self) -> None:
        """Ends the display; nothing more comes."""


def display_for(console: Console, *, plain: bool) -> Display:
    """Bars where they can be drawn, lines where not."""
    return PlainDisplay(console) if plain or not console.is_terminal else LiveDisplay(console)


class PlainDisplay:
    """One line a cell: `[5a] cell 7/23 Train the network ... 12.3 s`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._totals: dict[str, int] = {}
        self._at_work: dict[str, tuple[str, float]] = {}
        self._left: float | None = None

    def report(self, index: Path) -> None:
        """Prints the link."""
        self._print(f"the report fills up while the lessons run: {index.as_uri()}")

    def begins(self, plan: LessonPlan, why: str) -> None:
        """Prints the reason."""
        self._say(plan, f"runs again; {why}")

    def began(self, plan: LessonPlan, event: Began) -> None:
        """Prints the title, the number of cells, and how long the whole run will take."""
        self._totals[plan.id] = event.cells
        self._say(plan, f"{plan.title}: {event.cells} cells{self._in_words()}")

    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None:
        """Prints nothing yet; `still` does when the cell takes long."""
        self._at_work[plan.id] = (self._cell(plan, event), STILL_SECONDS)

    def cell_done(self, plan: LessonPlan, event: CellDone) -> None:
        """Prints how long the cell took."""
        self._say(plan, f"{self._cell(plan, event)} ... {event.seconds:.1f} s")

    def still(self, plan: LessonPlan, seconds: float) -> None:
        """Prints a line every STILL_SECONDS."""
        cell, after = self._at_work.get(plan.id, ("kernel", STILL_SECONDS))
        if seconds >= after:
            self._say(plan, f"{cell} ... still at work after {seconds:.0f} s")
            self._at_work[plan.id] = (cell, after + STILL_SECONDS)

    def ended(self, outcome: Outcome) -> None:
        """Prints the outcome and its reason."""
        reason = f": {outcome.reason}" if outcome.reason else ""
        took = f" in {outcome.seconds:.1f} s" if outcome.status in ("passed", "failed") else ""
        self._say(outcome.plan, f"{outcome.status}{took}{reason}{self._in_words()}")

    def left(self, seconds: float | None) -> None:
        """Prints nothing: the next line about a lesson says it."""
        self._left = seconds

    def page(self, plan: LessonPlan, page: Path) -> None:
        """Prints the link."""
        self._say(plan, f"page: {page.as_uri()}")

    def close(self) -> None:
        """Does nothing: lines need no end."""

    def _in_words(self) -> str:
        return f"; {in_words(self._left)} left" if self._left else ""

    def _cell(self, plan: LessonPlan, event: CellBegan | CellDone) -> str:
        return f"cell {event.cell}/{self._totals.get(plan.id, 0)} {event.title}"

    def _say(self, plan: LessonPlan, text: str) -> None:
        self._print(f"[{plan.id}] {text}")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class LiveDisplay:
    """One bar a lesson, with the cell at work; the last line says how long the whole run will still take."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[cell]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._left = Text("", style="dim")
        self._live = Live(Group(self._progress, self._left), console=console)
        self._live.start()

    def report(self, index: Path) -> None:
        """Prints the link above the bars."""
        self._print(f"the report fills up while the lessons run: {index.as_uri()}")

    def begins(self, plan: LessonPlan, why: str) -> None:
        """Prints the reason above the bars."""
        self._print(f"[{plan.id}] runs again; {why}")

    def began(self, plan: LessonPlan, event: Began) -> None:
        """Adds a bar with a step for each cell."""
        self._tasks[plan.id] = self._progress.add_task(f"[bold]{plan.id}[/] {plan.title}", total=event.cells, cell="")

    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None:
        """Shows the title of the cell beside the bar."""
        self._update(plan, completed=event.cell - 1, cell=event.title)

    def cell_done(self, plan: LessonPlan, event: CellDone) -> None:
        """Moves the bar by a step."""
        self._update(plan, completed=event.cell, cell=event.title)

    def still(self, plan: LessonPlan, seconds: float) -> None:
        """Does nothing: the clock of the bar shows it."""

    def ended(self, outcome: Outcome) -> None:
        """Shows the outcome in colour; a lesson that did not run gets its bar now."""
        plan = outcome.plan
        if plan.id not in self._tasks:
            self._tasks[plan.id] = self._progress.add_task(f"[bold]{plan.id}[/] {plan.title}", total=None, cell="")
        colour = "green" if outcome.good else "red"
        self._update(plan, cell=f"[{colour}]{outcome.status}[/]")
        self._progress.stop_task(self._tasks[plan.id])

    def left(self, seconds: float | None) -> None:
        """Says it below the bars."""
        words = f"{in_words(seconds)} left" if seconds else ""
        if words != self._left.plain:
            self._left.plain = words
            self._live.refresh()

    def page(self, plan: LessonPlan, page: Path) -> None:
        """Prints the link above the bars."""
        self._print(f"[{plan.id}] page: {page.as_uri()}")

    def close(self) -> None:
        """Leaves the bars as they stand."""
        self._left.plain = ""
        self._live.stop()

    def _print(self, text: str) -> None:
        self._live.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _update(self, plan: LessonPlan, *, cell: str, completed: int | None = None) -> None:
        if plan.id in self._tasks:
            self._progress.update(self._tasks[plan.id], completed=completed, cell=cell)
