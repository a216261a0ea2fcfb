"""What a lesson has to show before it counts as passed.

Its process said so, every cell answered, its manifest carries the token of this very run, and every exercise that the
checklist lists was solved in this run. An exit code alone proves none of that.
"""

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist import progress
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import is_trainees
from aoi_modules.course.running import freshness
from aoi_modules.course.running.freshness import RunRecord
from aoi_modules.course.running.lesson_events import LessonError
from aoi_modules.course.running.lesson_run import LessonRun
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.errors import AoiError
from aoi_modules.modelstore.version_dir import file_sha256


def judged(run: LessonRun, exit_code: int) -> Outcome:
    """The outcome of a lesson whose process has ended; a lesson that passed is noted, so that it is fresh from now on.

    Args:
        run: the lesson, with what was heard of it.
        exit_code: of its process.
    """
    seconds = run.seconds
    try:
        _credit_trainee(run)
        error = _error(run, exit_code)
        if error is None:
            return _passed(run, seconds)
    except (AoiError, OSError) as problem:
        error = LessonError(message=str(problem))
    return Outcome(plan=run.plan, status="failed", seconds=seconds, cells=run.cells, reason=str(error), error=error)


def _credit_trainee(run: LessonRun) -> None:
    """What a trainee's own copy solved counts for the trainee; what the official solutions solved ticks nothing off."""
    results = progress.read(run.order.solved_file(run.plan)).checks
    solved = [name for name, attempt in results.items() if attempt.passed]
    if solved and is_trainees(read_notebook(run.order.notebook(run.plan))):
        for name in solved:
            progress.record(run.order.given.progress_file, name, passed=True)


def _error(run: LessonRun, exit_code: int) -> LessonError | None:
    """What keeps the lesson from having passed, or None."""
    ended = run.ended
    if run.overdue:
        limit = run.plan.limits(run.order.profile).lesson
        place = ended.error if ended and ended.error else LessonError(message="")
        message = f"still at work after {limit:g} s, the limit for the whole lesson"
        return LessonError(cell=place.cell, title=place.title, message=message)
    if ended is None:
        log = run.order.log(run.plan)
        message = f"the lesson's process ended with exit code {exit_code} and no word; see {log}"
        return LessonError(message=message, trace=run.log_tail())
    if ended.error is not None:
        return ended.error
    problem = _unproven(run)
    return LessonError(message=problem) if problem else None


def _unproven(run: LessonRun) -> str:
    """What a lesson that ran to its end still owes, or nothing."""
    folder = run.order.folder(run.plan)
    try:
        manifest: LessonManifest | None = artifacts.read(folder)
    except FileNotFoundError:
        manifest = None
    if manifest is None or manifest.run != run.token:
        return f"every cell ran, but none wrote {folder / artifacts.MANIFEST}: lesson.finish(...) ends a lesson"
    solved = progress.read(run.order.solved_file(run.plan))
    missing = [name for name in run.plan.checks if not solved.passed(name)]
    return f"every cell ran, but no cell solved {', '.join(missing)}" if missing else ""


def _passed(run: LessonRun, seconds: float) -> Outcome:
    """Notes what the lesson depended on, so that it is fresh until that changes."""
    plan, folder = run.plan, run.order.folder(run.plan)
    manifest = artifacts.read(folder)
    freshness.look_at_data_again()
    record = RunRecord(
        # a lesson's own download changes its data, so that is measured again
        parts={**run.parts, **freshness.data_fingerprints(plan, run.order.given)},
        seconds=seconds,
        cells=run.cells,
        notebook_sha256=file_sha256(run.order.executed(plan)),
    )
    freshness.write_record(folder, record)
    return Outcome(plan=plan, status="passed", seconds=seconds, cells=run.cells, manifest=manifest)
