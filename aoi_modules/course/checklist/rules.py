"""What must be true of the lessons of a checklist beyond their types. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from aoi_modules.course.checklist.curriculum import LessonPlan

_LESSON_ID = re.compile(r"(\d{1,2})([a-z]?)")
_NOTEBOOK = re.compile(r"[a-z0-9_]+")


def first_problem(lessons: Sequence[LessonPlan], item_ids: Sequence[str]) -> str | None:
    """The first broken rule as a sentence that names lesson and field, or None."""
    return next(_problems(lessons, item_ids), None)


def _problems(lessons: Sequence[LessonPlan], item_ids: Sequence[str]) -> Iterator[str]:
    yield from (f"item {name!r}, field id: it stands twice" for name in _twice(item_ids))
    yield from (f"lesson {name!r}, field id: it stands twice" for name in _twice([plan.id for plan in lessons]))
    for name in _twice([plan.notebook for plan in lessons]):
        yield f"field notebook: {name!r} belongs to two lessons"
    for plan in lessons:
        for field, problem in _own_problems(plan):
            yield f"lesson {plan.id!r}, field {field}: {problem}"
    yield from _needs_problems(lessons)
    yield from _order_problems(lessons)


def _own_problems(plan: LessonPlan) -> Iterator[tuple[str, str]]:
    matched = _LESSON_ID.fullmatch(plan.id)
    if matched is None:
        yield "id", 'expected a number and perhaps a letter, as "5a"'
        return
    prefix = f"{int(matched[1]):02d}{matched[2]}_"
    if not plan.notebook.startswith(prefix) or not _NOTEBOOK.fullmatch(plan.notebook):
        yield "notebook", f"expected {prefix}words_in_lower_case, without .ipynb. Received: {plan.notebook!r}"
    for check in plan.checks:
        if not re.fullmatch(rf"{re.escape(plan.id)}\.\d+", check):
            yield "checks", f"expected {plan.id}.1, {plan.id}.2 ... Received: {check!r}"
    yield from (("checks", f"{name!r} stands twice") for name in _twice(plan.checks))
    for product in plan.produces:
        path = PurePosixPath(product)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            yield "produces", f"expected a path inside the lesson's artifacts folder. Received: {product!r}"
    if not 0 < plan.timeouts.cell <= plan.timeouts.lesson:
        yield (
            "timeouts",
            (
                "expected seconds, 0 < cell <= lesson. "
                f"Received: cell {plan.timeouts.cell:g}, lesson {plan.timeouts.lesson:g}"
            ),
        )


def _needs_problems(lessons: Sequence[LessonPlan]) -> Iterator[str]:
    known = {plan.id: plan for plan in lessons}
    for plan in lessons:
        for need in plan.needs:
            if need not in known:
                yield f"lesson {plan.id!r}, field needs: there is no lesson {need!r}"
            elif plan.written and not known[need].written:
                yield f"lesson {plan.id!r}, field needs: lesson {need!r} is not yet written"


def _order_problems(lessons: Sequence[LessonPlan]) -> Iterator[str]:
    """Circles first, because with one no order of the file is right; then lessons that stand before their needs."""
    needs = {plan.id: plan.needs for plan in lessons}
    circle = _circle(needs)
    if circle:
        yield f"lesson {circle[0]!r}, field needs: a circle, {' needs '.join(circle)}"
    met: set[str] = set()
    for plan in lessons:
        for need in plan.needs:
            if need not in met:
                yield f"lesson {plan.id!r}, field needs: lesson {need!r} stands after it in the file"
        met.add(plan.id)


def _circle(needs: dict[str, tuple[str, ...]]) -> list[str]:
    """A path of ids that ends where it began, or nothing."""
    left = {name: {need for need in wanted if need in needs} for name, wanted in needs.items()}
    while free := [name for name, wanted in left.items() if not wanted]:
        for name in free:
            del left[name]
        for wanted in left.values():
            wanted.difference_update(free)
    if not left:
        return []
    path = [min(left)]
    while path.count(path[-1]) == 1:
        path.append(min(left[path[-1]]))
    return path[path.index(path[-1]) :]


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
