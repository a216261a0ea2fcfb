"""Runs lessons headless: after those that they need, each in a process of its own, only those that are not fresh."""

import contextlib
import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, assert_never

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running import freshness, proof, readiness
from aoi_modules.course.running.display import Display
from aoi_modules.course.running.forecast import Forecast
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, Ended, Event, LessonError
from aoi_modules.course.running.lesson_run import Gone, LessonRun, Message
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.course.running.schedule import next_lesson
from aoi_modules.errors import AoiError, CourseError
from aoi_modules.lock import alone

TICK_SECONDS = 0.5
INBOX_SIZE = 1000


class Pages(Protocol):
    """Makes the report while the lessons run. Both are called from one thread at a time."""

    def begin(self) -> Path:
        """Makes the index of a run of which nothing has ended, and says where it is."""

    def add(self, outcome: Outcome) -> Path | None:
        """Makes the page of a lesson that has ended, and says where it is; None where there is nothing to show."""


@dataclass
class CourseRun:
    """One run over the lessons of an order.

    Args:
        order: what was asked for.
        display: is told what happens.
        forecast: says how long it will take.
        pages: makes the report; without it there is none.

    Attributes:
        outcomes: how the lessons ended, in the order of their ends.
    """

    order: RunOrder
    display: Display
    forecast: Forecast = field(default_factory=lambda: Forecast({}))
    pages: Pages | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._inbox: queue.Queue[Message] = queue.Queue(INBOX_SIZE)
        self._waiting = list(self.order.plans)
        self._at_work: dict[str, LessonRun] = {}
        self._any_began = False
        self._in_making: list[tuple[LessonPlan, Future[Path | None]]] = []

    def run(self) -> list[Outcome]:
        """Runs everything; returns an outcome for each lesson asked for, in the order of the course.

        Raises:
            CourseError: another run works in the same folder.
        """
        freshness.look_at_data_again()
        with _alone_in(self.order.artifacts_dir / self.order.profile), ThreadPoolExecutor(1) as self._maker:
            if self.pages is not None:
                self.display.report(self.pages.begin())
            try:
                while self._waiting or self._at_work:
                    self._start_what_can()
                    self._look_after_lessons()
                    self._hear()
                    self._show_pages()
            finally:
                self._end_all()
        self._show_pages()
        return [self.outcomes[plan.id] for plan in self.order.plans]

    def _start_what_can(self) -> None:
        while plan := next_lesson(self._waiting, self._plans_at_work, self.order.jobs):
            self._waiting.remove(plan)
            self._start(plan)

    def _start(self, plan: LessonPlan) -> None:
        """Starts a lesson, or says at once how it ends."""
        try:
            if self._any_began:
                freshness.look_at_data_again()
            decision = readiness.decide(self.order, plan, self.outcomes)
            if isinstance(decision, Outcome):
                self._close(decision)
                return
            if decision.why:
                self.display.begins(plan, decision.why)
            run = LessonRun(self.order, plan, decision.parts, self._inbox)
            run.start()
            self._any_began = True
            self._at_work[plan.id] = run
        except AoiError as error:
            self._close(Outcome(plan=plan, status="failed", reason=str(error), error=LessonError(message=str(error))))

    def _look_after_lessons(self) -> None:
        for run in self._at_work.values():
            run.watch()
            self.display.still(run.plan, run.cell_seconds)
        self.display.left(self._seconds_left())

    def _hear(self) -> None:
        """Waits a moment for the next message of a lesson."""
        if not self._at_work:
            return
        with contextlib.suppress(queue.Empty):
            lesson_id, message = self._inbox.get(timeout=TICK_SECONDS)
            if isinstance(message, Gone):
                run = self._at_work.pop(lesson_id)
                run.close()
                self._close(proof.judged(run, message.exit_code))
            else:
                run = self._at_work[lesson_id]
                run.note(message)
                self._show(run.plan, message)

    def _show(self, plan: LessonPlan, event: Event) -> None:
        match event:
            case Began():
                self.display.began(plan, event)
            case CellBegan():
                self.display.cell_began(plan, event)
            case CellDone():
                self.display.cell_done(plan, event)
            case Ended():
                pass  # its process says more when it is gone
            case _:
                assert_never(event)

    def _close(self, outcome: Outcome) -> None:
        self.outcomes[outcome.plan.id] = outcome
        self.forecast.ended(outcome)
        self.display.left(self._seconds_left())
        self.display.ended(outcome)
        if self.pages is not None:  # beside the next lesson, which mostly leaves a core some time
            self._in_making.append((outcome.plan, self._maker.submit(self.pages.add, outcome)))

    @property
    def _plans_at_work(self) -> list[LessonPlan]:
        return [run.plan for run in self._at_work.values()]

    def _seconds_left(self) -> float | None:
        return self.forecast.left(self._waiting, {run.plan: run.seconds for run in self._at_work.values()})

    def _show_pages(self) -> None:
        """Says of each page that is finished where it is, in the order of the lessons' ends."""
        while self._in_making and self._in_making[0][1].done():
            plan, made = self._in_making.pop(0)
            # A page that could not be made stops no lesson: it is tried again at the end, which then says why.
            page = None if made.exception() else made.result()
            if page is not None:
                self.display.page(plan, page)

    def _end_all(self) -> None:
        """Ends what is still at work, after Ctrl-C or an error of ours; what was cut off gets an outcome, too."""
        for run in self._at_work.values():
            run.kill()
            run.close()
        for plan in self.order.plans:
            if plan.id not in self.outcomes:
                reason = "stopped" if plan.id in self._at_work else "not begun when the run was stopped"
                self.outcomes[plan.id] = Outcome(plan=plan, status="failed", reason=reason)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Holds the artifacts of a profile, because two runs would wipe each other's."""
    taken = CourseError(f"{folder}: another run is at work there", hint="wait for its end, or stop it")
    with alone(folder / ".lock", 0.0, taken):
        yield
