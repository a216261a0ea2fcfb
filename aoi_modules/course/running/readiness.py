"""Whether a lesson has to run, may run, or need not: asked just before it would start, after all that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.lesson import left_by
from aoi_modules.course.running import freshness
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.errors import AoiError


@dataclass(frozen=True)
class Due:
    """A lesson has to run.

    Args:
        parts: everything that its outcome depends on, what -> hash or version.
        why: it runs again, for somebody who waits for it a second time; "" for a lesson that never passed.
    """

    parts: dict[str, str]
    why: str


def decide(order: RunOrder, plan: LessonPlan, ended: Mapping[str, Outcome]) -> Outcome | Due:
    """The outcome of a lesson that is skipped or fresh; what a run would depend on, for all others.

    Args:
        order: of the run.
        plan: the lesson.
        ended: outcomes of the lessons that ended before, by id.

    Raises:
        AoiError: the notebook or a data set cannot be used.
    """
    missing = _missing_need(order, plan, ended)
    if missing:
        return Outcome(plan=plan, status="skipped", reason=missing)
    parts = freshness.dependencies(order, plan)
    fresh = None if order.force else _fresh(order, plan, parts)
    return fresh or Due(parts, _why_again(order, plan, parts))


def _missing_need(order: RunOrder, plan: LessonPlan, ended: Mapping[str, Outcome]) -> str:
    """Why the lesson cannot run, or nothing."""
    for need in plan.needs:
        outcome = ended.get(need)
        if outcome is not None and not outcome.good:
            return f"needs {need}, which {'failed' if outcome.status == 'failed' else 'was skipped'}"
        if outcome is None:
            try:
                left_by(need, order.profile, order.artifacts_dir)
            except AoiError as error:
                return f"needs {need}: {error}"
    return ""


def _fresh(order: RunOrder, plan: LessonPlan, parts: dict[str, str]) -> Outcome | None:
    found = freshness.fresh_record(order.folder(plan), parts, order.executed(plan))
    if found is None:
        return None
    record, manifest = found
    return Outcome(plan=plan, status="fresh", seconds=record.seconds, cells=record.cells, manifest=manifest)


def _why_again(order: RunOrder, plan: LessonPlan, parts: dict[str, str]) -> str:
    record = freshness.read_record(order.folder(plan))
    if order.force:
        return "it was asked for"
    if record is None:
        return ""
    names = freshness.changes(record, parts)
    return f"changed: {', '.join(names)}" if names else "what it left was changed"
