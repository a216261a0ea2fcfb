"""Runs lessons headless: in the order of their needs, each in a process of its own, only those that are not fresh.

A lesson passed when its process said so, every cell answered, its manifest carries the token of this very run, and
every exercise that the checklist lists was solved in this run. An exit code alone proves none of that.
"""

import contextlib
import fcntl
import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist import progress
from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan
from aoi_modules.course.checklist.selection import waits_for
from aoi_modules.course.lesson import left_by
from aoi_modules.course.material import NOTEBOOKS, notebook_path
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import is_trainees
from aoi_modules.course.running import freshness
from aoi_modules.course.running.display import Display
from aoi_modules.course.running.freshness import RunRecord
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, Ended, Event, Form, LessonError
from aoi_modules.course.running.lesson_run import Gone, LessonRun, Message, RunPlace
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.errors import AoiError, CourseError
from aoi_modules.modelstore.version_dir import file_sha256

TICK_SECONDS = 0.5
INBOX_SIZE = 1000


@dataclass(frozen=True)
class Request:
    """What to run, how, and where. `form`: "proving" also shows that every exercise's stub gets a hint."""

    curriculum: Curriculum
    plans: tuple[LessonPlan, ...]
    profile: str
    material_dir: Path
    course_dir: Path
    jobs: int = 1
    force: bool = False
    form: Form = "solved"

    @property
    def artifacts_dir(self) -> Path:
        return self.course_dir / "artifacts"

    @property
    def pages_dir(self) -> Path:
        """Executed notebooks, and their pages."""
        return self.course_dir / "report" / NOTEBOOKS / self.profile

    @property
    def logs_dir(self) -> Path:
        """What the lessons' processes printed, and which exercises each run solved."""
        return self.course_dir / "report" / "logs" / self.profile

    def folder(self, plan: LessonPlan) -> Path:
        """Where the lesson leaves its artifacts."""
        return artifacts.lesson_dir(self.artifacts_dir, self.profile, plan.id)

    def executed(self, plan: LessonPlan) -> Path:
        """Where the executed notebook goes."""
        return self.pages_dir / plan.file_name


@dataclass
class AtWork:
    """A lesson in its process, and what was heard of it so far."""

    run: LessonRun
    parts: dict[str, str]
    cells: int = 0
    cell_began: float = 0.0
    ended: Ended | None = None


@dataclass
class CourseRun:
    """One run over the lessons of a request; `outcomes` holds how they ended, in the order of their ends."""

    request: Request
    display: Display
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._inbox: queue.Queue[Message] = queue.Queue(INBOX_SIZE)
        self._waiting = list(self.request.plans)
        self._at_work: dict[str, AtWork] = {}

    def run(self) -> list[Outcome]:
        """Runs everything; returns an outcome for each lesson asked for, in the order of the course.

        Raises:
            CourseError: another run works in the same folder.
        """
        with _alone(self.request.artifacts_dir / self.request.profile):
            try:
                while self._waiting or self._at_work:
                    self._start_what_can()
                    self._hear()
            finally:
                self._end_all()
        return [self.outcomes[plan.id] for plan in self.request.plans]

    def _start_what_can(self) -> None:
        for plan in list(self._waiting):
            if len(self._at_work) >= self.request.jobs:
                return
            others = [*self._waiting, *(at_work.run.plan for at_work in self._at_work.values())]
            if not waits_for(plan, others):
                self._waiting.remove(plan)
                self._start(plan)

    def _start(self, plan: LessonPlan) -> None:
        """Starts a lesson, or says at once how it ends."""
        try:
            missing = self._missing_need(plan)
            if missing:
                self._close(Outcome(plan=plan, status="skipped", reason=missing))
                return
            notebook = notebook_path(plan, self.request.material_dir)
            parts = freshness.dependencies(
                plan, self.request.profile, notebook, self.request.artifacts_dir, self.request.form
            )
            fresh = None if self.request.force else self._fresh(plan, parts)
            if fresh is not None:
                self._close(fresh)
                return
            self._say_why(plan, parts)
            run = LessonRun(plan, self.request.profile, self.request.form, self._place(plan, notebook), self._inbox)
            run.start()
            self._at_work[plan.id] = AtWork(run, parts)
        except AoiError as error:
            self._close(Outcome(plan=plan, status="failed", reason=str(error), error=LessonError(message=str(error))))

    def _missing_need(self, plan: LessonPlan) -> str:
        """Why the lesson cannot run, or nothing."""
        for need in plan.needs:
            outcome = self.outcomes.get(need)
            if outcome is not None and not outcome.good:
                return f"needs {need}, which {'failed' if outcome.status == 'failed' else 'was skipped'}"
            if outcome is None:
                try:
                    left_by(need, self.request.profile, self.request.artifacts_dir)
                except AoiError as error:
                    return f"needs {need}: {error}"
        return ""

    def _fresh(self, plan: LessonPlan, parts: dict[str, str]) -> Outcome | None:
        found = freshness.fresh_record(self.request.folder(plan), parts, self.request.executed(plan))
        if found is None:
            return None
        record, manifest = found
        return Outcome(plan=plan, status="fresh", seconds=record.seconds, cells=record.cells, manifest=manifest)

    def _say_why(self, plan: LessonPlan, parts: dict[str, str]) -> None:
        """Nobody likes to wait for a lesson twice without a reason."""
        record = freshness.read_record(self.request.folder(plan))
        if self.request.force:
            self.display.begins(plan, "it was asked for")
        elif record is not None:
            names = freshness.changes(record, parts)
            self.display.begins(plan, f"changed: {', '.join(names)}" if names else "what it left was changed")

    def _place(self, plan: LessonPlan, notebook: Path) -> RunPlace:
        logs = self.request.logs_dir / plan.notebook
        return RunPlace(
            notebook=notebook,
            output=self.request.executed(plan),
            log=logs.with_suffix(".log"),
            progress=logs.with_suffix(".checks.json"),
            course_dir=self.request.course_dir,
        )

    def _hear(self) -> None:
        """Waits for the next message, and looks after the lessons meanwhile."""
        for at_work in self._at_work.values():
            at_work.run.watch()
            self.display.still(at_work.run.plan, at_work.run.seconds - at_work.cell_began)
        if not self._at_work:
            return
        with contextlib.suppress(queue.Empty):
            lesson_id, message = self._inbox.get(timeout=TICK_SECONDS)
            if isinstance(message, Gone):
                at_work = self._at_work.pop(lesson_id)
                at_work.run.close()
                self._close(self._judged(at_work, message))
            else:
                self._note(self._at_work[lesson_id], message)

    def _note(self, at_work: AtWork, event: Event) -> None:
        plan = at_work.run.plan
        match event:
            case Began():
                at_work.cells = event.cells
                self.display.began(plan, event)
            case CellBegan():
                at_work.cell_began = at_work.run.seconds
                self.display.cell_began(plan, event)
            case CellDone():
                self.display.cell_done(plan, event)
            case Ended():
                at_work.ended = event
            case _:
                assert_never(event)

    def _judged(self, at_work: AtWork, gone: Gone) -> Outcome:
        """The outcome of a lesson whose process has ended."""
        plan, seconds, cells = at_work.run.plan, at_work.run.seconds, at_work.cells
        try:
            self._credit_trainee(at_work.run)
            error = self._error(at_work, gone)
            if error is None:
                return self._passed(at_work, seconds)
        except (AoiError, OSError) as problem:
            error = LessonError(message=str(problem))
        return Outcome(plan=plan, status="failed", seconds=seconds, cells=cells, reason=str(error), error=error)

    def _passed(self, at_work: AtWork, seconds: float) -> Outcome:
        """Notes what the lesson depended on, so that it is fresh until that changes."""
        run, plan = at_work.run, at_work.run.plan
        manifest = artifacts.read(self.request.folder(plan))
        record = RunRecord(
            parts={**at_work.parts, **freshness.data_fingerprints(plan)},
            seconds=seconds,
            cells=at_work.cells,
            notebook_sha256=file_sha256(run.place.output),
        )
        freshness.write_record(self.request.folder(plan), record)
        return Outcome(plan=plan, status="passed", seconds=seconds, cells=at_work.cells, manifest=manifest)

    def _credit_trainee(self, run: LessonRun) -> None:
        """What a trainee's own copy solved is his; what the official solutions solved ticks nothing off."""
        solved = [name for name, attempt in progress.read(run.place.progress).checks.items() if attempt.passed]
        if solved and is_trainees(read_notebook(run.place.notebook)):
            for name in solved:
                progress.record(self.request.course_dir / progress.FILE_NAME, name, passed=True)

    def _error(self, at_work: AtWork, gone: Gone) -> LessonError | None:
        """What keeps the lesson from having passed, or None."""
        run, ended = at_work.run, at_work.ended
        if run.overdue:
            limit = run.plan.limits(run.profile).lesson
            place = ended.error if ended and ended.error else LessonError(message="")
            message = f"still at work after {limit:g} s, the limit for the whole lesson"
            return LessonError(cell=place.cell, title=place.title, message=message)
        if ended is None:
            message = f"the lesson's process ended with exit code {gone.exit_code} and no word; see {run.place.log}"
            return LessonError(message=message, trace=run.log_tail())
        if ended.error is not None:
            return ended.error
        problem = self._unproven(run)
        return LessonError(message=problem) if problem else None

    def _unproven(self, run: LessonRun) -> str:
        """What a lesson that ran to its end still owes."""
        folder = self.request.folder(run.plan)
        try:
            manifest: LessonManifest | None = artifacts.read(folder)
        except (FileNotFoundError, CourseError):
            manifest = None
        if manifest is None or manifest.run != run.token:
            return f"every cell ran, but none wrote {folder / artifacts.MANIFEST}: lesson.finish(...) ends a lesson"
        solved = progress.read(run.place.progress)
        missing = [name for name in run.plan.checks if not solved.passed(name)]
        return f"every cell ran, but no cell solved {', '.join(missing)}" if missing else ""

    def _close(self, outcome: Outcome) -> None:
        self.outcomes[outcome.plan.id] = outcome
        self.display.ended(outcome)

    def _end_all(self) -> None:
        """After Ctrl-C or an error of ours: nothing stays at work, and what was cut off has an outcome too."""
        for at_work in self._at_work.values():
            at_work.run.kill()
            at_work.run.close()
        for plan in self.request.plans:
            if plan.id not in self.outcomes:
                reason = "stopped" if plan.id in self._at_work else "not begun when the run was stopped"
                self.outcomes[plan.id] = Outcome(plan=plan, status="failed", reason=reason)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the artifacts of a profile, because two runs would wipe each other's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise CourseError(f"{folder}: cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"{folder}: another run is at work there", hint="wait for its end, or stop it") from None
        yield
