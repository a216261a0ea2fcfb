"""The report of a run: index.html for people, junit.xml for CI, a page for every executed lesson."""

import os
import platform
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist import progress
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.checklist.progress import Progress
from aoi_modules.course.checklist.status import course_status
from aoi_modules.course.durations import in_words
from aoi_modules.course.lesson import shown
from aoi_modules.course.material import NOTEBOOKS
from aoi_modules.course.reporting.junit import junit
from aoi_modules.course.reporting.pages import page_path, write_page
from aoi_modules.course.reporting.reading_pages import GLOSSARY, PRIMER, write_reading_pages
from aoi_modules.course.reporting.rendering import rendered, style
from aoi_modules.course.reporting.thumbnails import as_data, thumbnail_path
from aoi_modules.course.running import freshness
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome, all_good
from aoi_modules.errors import AoiError, CourseError
from aoi_modules.machine.whole_file import write_whole


@dataclass(frozen=True)
class Report:
    """Where the report lies."""

    index: Path
    junit: Path


def write_report(order: RunOrder, outcomes: list[Outcome], *, there: Collection[str] = ()) -> Report:
    """Writes pages, index and junit.xml; lessons that this run was not about keep their pages.

    Args:
        order: what was asked for.
        outcomes: one for each lesson asked for.
        there: ids of the lessons whose pages were written while the run went on.
    """
    report = Report(index_path(order), order.report_dir / "junit.xml")
    for outcome in outcomes:
        if outcome.plan.id not in there:
            write_lesson(order, outcome)
    write_reading_pages(order.report_dir)
    write_index(order, outcomes)
    write_whole(report.junit, junit(outcomes, order.profile))
    return report


def index_path(order: RunOrder) -> Path:
    """Where the index goes."""
    return order.report_dir / "index.html"


def write_lesson(order: RunOrder, outcome: Outcome) -> Path | None:
    """Writes the page of a lesson that was executed, and says where; None where there is nothing to show.

    A fresh lesson has its page, unless somebody removed it. A skipped one loses that of an earlier run.
    """
    executed = order.executed(outcome.plan)
    page = page_path(executed)
    if outcome.status == "skipped":
        page.unlink(missing_ok=True)
    elif executed.is_file() and not (outcome.status == "fresh" and page.is_file()):
        write_page(executed, outcome, order.curriculum, order.profile, order.material_dir / NOTEBOOKS)
    return page if page.is_file() else None


def write_index(order: RunOrder, outcomes: list[Outcome], coming: Mapping[str, float] | None = None) -> None:
    """Writes the index of a run.

    Args:
        order: what was asked for.
        outcomes: of the lessons that have ended.
        coming: while the run goes on, lessons that have not ended -> the seconds that they will take about, where that
            is known.
    """
    write_whole(index_path(order), _index(order, outcomes, coming).encode())


def headline(outcomes: list[Outcome]) -> str:
    """The run in one line."""
    good = sum(outcome.good for outcome in outcomes)
    if all_good(outcomes):
        return f"all {good} lessons passed" if good > 1 else "the lesson passed"
    return f"{good} of {len(outcomes)} lessons passed"


def _index(order: RunOrder, outcomes: list[Outcome], coming: Mapping[str, float] | None) -> str:
    asked = {outcome.plan.id: outcome for outcome in outcomes}
    everything = [asked.get(plan.id) or _earlier(order, plan) for plan in order.curriculum.written()]
    states = {outcome.plan.id: outcome.status for outcome in everything}
    solved, exercises = _exercises(order)
    return rendered(
        "index.html.j2",
        primer=PRIMER,
        glossary=GLOSSARY,
        css=style("style.css", "index.css"),
        headline=headline(outcomes) if coming is None else f"{len(outcomes)} of {len(order.plans)} lessons done",
        at_work=coming is not None,
        profile=order.profile,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        machine=f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        errors=[_error(order, outcome) for outcome in outcomes if not outcome.good],
        exercises=exercises,
        rows=[_row(order, outcome, solved, coming or {}) for outcome in everything],
        items=[
            {
                "id": item.id,
                "title": item.title,
                "purpose": item.purpose,
                "phase": item.phase,
                "lessons": [{"id": plan.id, "status": states.get(plan.id, "not yet written")} for plan in item.lessons],
            }
            for item in order.curriculum.items
        ],
    )


def _exercises(order: RunOrder) -> tuple[Progress, str]:
    """What the reader has solved, and how far that is in a sentence."""
    try:
        solved = progress.read(order.given.progress_file)
    except CourseError as error:
        return Progress(), str(error)
    status = course_status(order.curriculum, solved)
    return solved, f"You have solved {status.solved} of {status.exercises} exercises by yourself: ✓ solved, ○ open."


def _earlier(order: RunOrder, plan: LessonPlan) -> Outcome:
    """What is known of a lesson that has not ended in this run, or that it was not about."""
    if plan in order.plans:
        return Outcome(plan=plan, status="to come")
    record = freshness.read_record(order.folder(plan))
    manifest: LessonManifest | None = None
    try:
        manifest = artifacts.read(order.folder(plan))
    except (AoiError, OSError):  # nothing is known of it then
        record = None
    return Outcome(plan=plan, status="not asked for", seconds=record.seconds if record else 0.0, manifest=manifest)


def _row(order: RunOrder, outcome: Outcome, solved: Progress, coming: Mapping[str, float]) -> dict[str, object]:
    plan, manifest = outcome.plan, outcome.manifest
    time = f"{outcome.seconds:.1f} s" if outcome.seconds else ""
    if outcome.status == "to come" and plan.id in coming:
        time = in_words(coming[plan.id])
    return {
        "id": plan.id,
        "title": plan.full_title,
        "status": outcome.status,
        "page": _page(order, outcome),
        "thumbnail": as_data(thumbnail_path(order.executed(plan))) if outcome.status != "to come" else "",
        "time": time,
        "figures": [(name, shown(value)) for name, value in manifest.figures.items()] if manifest else [],
        "remarks": _remarks(outcome),
        "checks": [(name, solved.passed(name)) for name in plan.checks],
    }


def _remarks(outcome: Outcome) -> list[str]:
    """What a reader has to know before they trust the figures."""
    manifest = outcome.manifest
    if manifest is None:
        return [outcome.reason] if outcome.reason else []
    drawn = [f"stand-in data: {origin.name}" for origin in manifest.data if origin.stand_in]
    return [*drawn, *([f"ran on: {manifest.backend}"] if manifest.backend else []), *manifest.notes]


def _error(order: RunOrder, outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.plan.id,
        "status": outcome.status,
        "reason": outcome.reason,
        "trace": outcome.error.trace if outcome.error else "",
        "page": _page(order, outcome),
    }


def _page(order: RunOrder, outcome: Outcome) -> str:
    """The link to a lesson's page from the index, or nothing; a lesson to come has at most an old one."""
    if outcome.status == "to come":
        return ""
    page = page_path(order.executed(outcome.plan))
    return page.relative_to(order.report_dir).as_posix() if page.is_file() else ""
