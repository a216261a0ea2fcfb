"""The report of a run: index.html for people, junit.xml for CI, a page for every executed lesson."""

import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest, write_whole
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.lesson import shown
from aoi_modules.course.material import NOTEBOOKS
from aoi_modules.course.reporting.junit import junit
from aoi_modules.course.reporting.pages import page_path, write_page
from aoi_modules.course.reporting.reading_pages import reading_pages
from aoi_modules.course.reporting.rendering import rendered, style
from aoi_modules.course.running import freshness
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome, all_good
from aoi_modules.errors import AoiError


@dataclass(frozen=True)
class Report:
    """Where the report lies."""

    index: Path
    junit: Path


def write_report(order: RunOrder, outcomes: list[Outcome]) -> Report:
    """Writes pages, index and junit.xml; lessons that this run was not about keep their pages.

    Args:
        order: what was asked for.
        outcomes: one for each lesson asked for.
    """
    report = Report(order.report_dir / "index.html", order.report_dir / "junit.xml")
    for outcome in outcomes:
        _write_page(order, outcome)
    for name, page in reading_pages().items():
        write_whole(order.report_dir / name, page)
    write_whole(report.index, _index(order, outcomes).encode())
    write_whole(report.junit, junit(outcomes, order.profile))
    return report


def headline(outcomes: list[Outcome]) -> str:
    """The run in one line."""
    good = sum(outcome.good for outcome in outcomes)
    if all_good(outcomes):
        return f"all {good} lessons passed" if good > 1 else "the lesson passed"
    return f"{good} of {len(outcomes)} lessons passed"


def _write_page(order: RunOrder, outcome: Outcome) -> None:
    """A page for what was executed; a fresh lesson has its page, unless somebody removed it."""
    executed = order.executed(outcome.plan)
    if outcome.status == "skipped":
        page_path(executed).unlink(missing_ok=True)
    elif executed.is_file() and not (outcome.status == "fresh" and page_path(executed).is_file()):
        write_page(executed, outcome, order.curriculum, order.profile, order.material_dir / NOTEBOOKS)


def _index(order: RunOrder, outcomes: list[Outcome]) -> str:
    asked = {outcome.plan.id: outcome for outcome in outcomes}
    everything = [asked.get(plan.id) or _earlier(order, plan) for plan in order.curriculum.written()]
    states = {outcome.plan.id: outcome.status for outcome in everything}
    return rendered(
        "index.html.j2",
        css=style("style.css"),
        headline=headline(outcomes),
        profile=order.profile,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        machine=f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        errors=[_error(order, outcome) for outcome in outcomes if not outcome.good],
        rows=[_row(order, outcome) for outcome in everything],
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


def _earlier(order: RunOrder, plan: LessonPlan) -> Outcome:
    """What is known of a lesson that this run was not about."""
    record = freshness.read_record(order.folder(plan))
    manifest: LessonManifest | None = None
    try:
        manifest = artifacts.read(order.folder(plan))
    except (AoiError, OSError):  # nothing is known of it then
        record = None
    return Outcome(plan=plan, status="not asked for", seconds=record.seconds if record else 0.0, manifest=manifest)


def _row(order: RunOrder, outcome: Outcome) -> dict[str, object]:
    manifest = outcome.manifest
    return {
        "title": outcome.plan.full_title,
        "status": outcome.status,
        "page": _page(order, outcome),
        "seconds": f"{outcome.seconds:.1f}" if outcome.seconds else "",
        "figures": [(name, shown(value)) for name, value in manifest.figures.items()] if manifest else [],
        "remarks": _remarks(outcome),
    }


def _remarks(outcome: Outcome) -> list[str]:
    """What a reader has to know before they trust the figures."""
    manifest = outcome.manifest
    if manifest is None:
        return [outcome.reason] if outcome.reason else []
    drawn = [f"stand-in data: {origin.name}" for origin in manifest.data if origin.stand_in]
    return [*drawn, *([f"by {manifest.backend}"] if manifest.backend else []), *manifest.notes]


def _error(order: RunOrder, outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.plan.id,
        "status": outcome.status,
        "reason": outcome.reason,
        "trace": outcome.error.trace if outcome.error else "",
        "page": _page(order, outcome),
    }


def _page(order: RunOrder, outcome: Outcome) -> str:
    """The link to a lesson's page from the index, or nothing."""
    page = page_path(order.executed(outcome.plan))
    return page.relative_to(order.report_dir).as_posix() if page.is_file() else ""
