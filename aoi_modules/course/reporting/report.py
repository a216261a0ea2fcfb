"""The report of a run: index.html for people, junit.xml for CI, a page for every executed lesson."""

import os
import platform
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aoi_modules.course import artifacts
from aoi_modules.course.artifacts import LessonManifest, write_whole
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.lesson import shown
from aoi_modules.course.material import NOTEBOOKS
from aoi_modules.course.reporting.pages import page_path, write_page
from aoi_modules.course.reporting.rendering import rendered, style
from aoi_modules.course.running import freshness
from aoi_modules.course.running.course_run import Request
from aoi_modules.course.running.outcome import Outcome, all_good
from aoi_modules.errors import AoiError

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True)
class Report:
    """Where the report lies."""

    index: Path
    junit: Path


def write_report(request: Request, outcomes: list[Outcome]) -> Report:
    """Writes pages, index and junit.xml; lessons that this run was not about keep their pages.

    Args:
        request: what was asked for.
        outcomes: one for each lesson asked for.
    """
    folder = request.course_dir / "report"
    report = Report(folder / "index.html", folder / "junit.xml")
    for outcome in outcomes:
        _write_page(request, outcome)
    write_whole(report.index, _index(request, outcomes).encode())
    write_whole(report.junit, junit(outcomes, request.profile))
    return report


def headline(outcomes: list[Outcome]) -> str:
    """The run in one line."""
    good = sum(outcome.good for outcome in outcomes)
    if all_good(outcomes):
        return f"all {good} lessons passed" if good > 1 else "the lesson passed"
    return f"{good} of {len(outcomes)} lessons passed"


def junit(outcomes: list[Outcome], profile: str) -> bytes:
    """The outcomes as JUnit XML, which every CI shows."""
    failures = sum(outcome.status == "failed" for outcome in outcomes)
    skipped = sum(outcome.status == "skipped" for outcome in outcomes)
    suite = ElementTree.Element(
        "testsuite",
        name=f"lessons ({profile})",
        tests=str(len(outcomes)),
        failures=str(failures),
        skipped=str(skipped),
        errors="0",
        time=f"{sum(outcome.seconds for outcome in outcomes if outcome.status != 'fresh'):.3f}",
    )
    for outcome in outcomes:
        _add_case(suite, outcome, profile)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add_case(suite: ElementTree.Element, outcome: Outcome, profile: str) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"lessons.{profile}",
        name=outcome.plan.full_title,
        time=f"{0.0 if outcome.status == 'fresh' else outcome.seconds:.3f}",
    )
    if outcome.status == "failed":
        failure = ElementTree.SubElement(case, "failure", message=_xml(outcome.reason))
        failure.text = _xml(outcome.error.trace if outcome.error else "")
    elif outcome.status == "skipped":
        ElementTree.SubElement(case, "skipped", message=_xml(outcome.reason))
    elif outcome.status == "fresh":
        ElementTree.SubElement(case, "system-out").text = "fresh: nothing it depends on has changed since it passed"


def _write_page(request: Request, outcome: Outcome) -> None:
    """A page for what was executed; a fresh lesson has its page, unless somebody removed it."""
    executed = request.executed(outcome.plan)
    if outcome.status == "skipped":
        page_path(executed).unlink(missing_ok=True)
    elif executed.is_file() and not (outcome.status == "fresh" and page_path(executed).is_file()):
        write_page(executed, outcome, request.curriculum, request.profile, request.material_dir / NOTEBOOKS)


def _index(request: Request, outcomes: list[Outcome]) -> str:
    asked = {outcome.plan.id: outcome for outcome in outcomes}
    everything = [asked.get(plan.id) or _earlier(request, plan) for plan in request.curriculum.written()]
    states = {outcome.plan.id: outcome.status for outcome in everything}
    return rendered(
        "index.html.j2",
        css=style("style.css"),
        headline=headline(outcomes),
        profile=request.profile,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        machine=f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        errors=[_error(request, outcome) for outcome in outcomes if not outcome.good],
        rows=[_row(request, outcome) for outcome in everything],
        items=[
            {
                "id": item.id,
                "title": item.title,
                "purpose": item.purpose,
                "phase": item.phase,
                "lessons": [{"id": plan.id, "status": states.get(plan.id, "not yet written")} for plan in item.lessons],
            }
            for item in request.curriculum.items
        ],
    )


def _earlier(request: Request, plan: LessonPlan) -> Outcome:
    """What is known of a lesson that this run was not about."""
    record = freshness.read_record(request.folder(plan))
    manifest: LessonManifest | None = None
    try:
        manifest = artifacts.read(request.folder(plan))
    except (AoiError, OSError):
        record = None
    return Outcome(plan=plan, status="not asked for", seconds=record.seconds if record else 0.0, manifest=manifest)


def _row(request: Request, outcome: Outcome) -> dict[str, object]:
    manifest = outcome.manifest
    return {
        "title": outcome.plan.full_title,
        "status": outcome.status,
        "page": _page(request, outcome),
        "seconds": f"{outcome.seconds:.1f}" if outcome.seconds else "",
        "figures": [(name, shown(value)) for name, value in manifest.figures.items()] if manifest else [],
        "remarks": _remarks(outcome),
    }


def _remarks(outcome: Outcome) -> list[str]:
    """What a reader has to know before he believes the figures."""
    manifest = outcome.manifest
    if manifest is None:
        return [outcome.reason] if outcome.reason else []
    drawn = [f"stand-in data: {origin.name}" for origin in manifest.data if origin.stand_in]
    return [*drawn, *([f"by {manifest.backend}"] if manifest.backend else []), *manifest.notes]


def _error(request: Request, outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.plan.id,
        "status": outcome.status,
        "reason": outcome.reason,
        "trace": outcome.error.trace if outcome.error else "",
        "page": _page(request, outcome),
    }


def _page(request: Request, outcome: Outcome) -> str:
    """The link to a lesson's page from the index, or nothing."""
    page = page_path(request.executed(outcome.plan))
    return page.relative_to(request.course_dir / "report").as_posix() if page.is_file() else ""


def _xml(text: str) -> str:
    """Control characters, as colours of a terminal, are not allowed in XML."""
    return _NOT_XML.sub("", text)
