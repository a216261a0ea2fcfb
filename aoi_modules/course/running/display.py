"""Progress that a person can follow: live bars on a terminal, plain lines everywhere else."""

from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone
from aoi_modules.course.running.outcome import Outcome

STILL_SECONDS = 30.0
"""A cell that works longer says so in plain lines, so that a log never looks dead."""


class Display(Protocol):
    """Is told what happens; shows it on standard error."""

    def begins(self, plan: LessonPlan, why: str) -> None: ...
    def began(self, plan: LessonPlan, event: Began) -> None: ...
    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None: ...
    def cell_done(self, plan: LessonPlan, event: CellDone) -> None: ...
    def still(self, plan: LessonPlan, seconds: float) -> None: ...
    def ended(self, outcome: Outcome) -> None: ...
    def close(self) -> None: ...


def display_for(console: Console, *, plain: bool) -> Display:
    """Bars where they can be drawn, lines where not."""
    return PlainDisplay(console) if plain or not console.is_terminal else LiveDisplay(console)


class PlainDisplay:
    """One line a cell: `[5a] cell 7/23 Train the network ... 12.3 s`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._totals: dict[str, int] = {}
        self._at_work: dict[str, tuple[str, float]] = {}

    def begins(self, plan: LessonPlan, why: str) -> None:
        self._say(plan, f"runs again; {why}")

    def began(self, plan: LessonPlan, event: Began) -> None:
        self._totals[plan.id] = event.cells
        self._say(plan, f"{plan.title}: {event.cells} cells")

    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None:
        self._at_work[plan.id] = (self._cell(plan, event), STILL_SECONDS)

    def cell_done(self, plan: LessonPlan, event: CellDone) -> None:
        self._say(plan, f"{self._cell(plan, event)} ... {event.seconds:.1f} s")

    def still(self, plan: LessonPlan, seconds: float) -> None:
        cell, after = self._at_work.get(plan.id, ("kernel", STILL_SECONDS))
        if seconds >= after:
            self._say(plan, f"{cell} ... still at work after {seconds:.0f} s")
            self._at_work[plan.id] = (cell, after + STILL_SECONDS)

    def ended(self, outcome: Outcome) -> None:
        reason = f": {outcome.reason}" if outcome.reason else ""
        took = f" in {outcome.seconds:.1f} s" if outcome.status in ("passed", "failed") else ""
        self._say(outcome.plan, f"{outcome.status}{took}{reason}")

    def close(self) -> None:
        """Lines need no end."""

    def _cell(self, plan: LessonPlan, event: CellBegan | CellDone) -> str:
        return f"cell {event.cell}/{self._totals.get(plan.id, 0)} {event.title}"

    def _say(self, plan: LessonPlan, text: str) -> None:
        self._console.print(f"[{plan.id}] {text}", markup=False, highlight=False, soft_wrap=True)


class LiveDisplay:
    """One bar a lesson, with the cell at work."""

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
        self._progress.start()

    def begins(self, plan: LessonPlan, why: str) -> None:
        self._progress.console.print(f"[{plan.id}] runs again; {why}", markup=False, highlight=False)

    def began(self, plan: LessonPlan, event: Began) -> None:
        self._tasks[plan.id] = self._progress.add_task(f"[bold]{plan.id}[/] {plan.title}", total=event.cells, cell="")

    def cell_began(self, plan: LessonPlan, event: CellBegan) -> None:
        self._update(plan, completed=event.cell - 1, cell=event.title)

    def cell_done(self, plan: LessonPlan, event: CellDone) -> None:
        self._update(plan, completed=event.cell, cell=event.title)

    def still(self, plan: LessonPlan, seconds: float) -> None:
        """The bar's clock shows it."""

    def ended(self, outcome: Outcome) -> None:
        plan = outcome.plan
        if plan.id not in self._tasks:
            self._tasks[plan.id] = self._progress.add_task(f"[bold]{plan.id}[/] {plan.title}", total=None, cell="")
        colour = "green" if outcome.good else "red"
        self._update(plan, cell=f"[{colour}]{outcome.status}[/]")
        self._progress.stop_task(self._tasks[plan.id])

    def close(self) -> None:
        self._progress.stop()

    def _update(self, plan: LessonPlan, *, cell: str, completed: int | None = None) -> None:
        if plan.id in self._tasks:
            self._progress.update(self._tasks[plan.id], completed=completed, cell=cell)
