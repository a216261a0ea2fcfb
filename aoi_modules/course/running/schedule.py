"""Which lesson is next, and how many may be at work beside each other. Pure."""

from collections.abc import Collection, Sequence

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.checklist.selection import waits_for

MOST_JOBS = 4
LESSON_BYTES = 3 << 30
"""Memory that a lesson may take; the two largest took 4.8 GB together."""
BESIDE = 1.4
"""How many times as long a lesson takes where there are no more cores than lessons at work: alone it keeps more than
one core busy, but not two."""


def jobs_for(profile: str, cores: int, free_bytes: int) -> int:
    """How many lessons at a time a machine has room for.

    Args:
        profile: with `gpu` it is one: they would share its memory.
        cores: of the processor.
        free_bytes: of memory.
    """
    if profile == "gpu":
        return 1
    by_cores = max(min(2, cores), cores // 2)
    return max(1, min(MOST_JOBS, by_cores, free_bytes // LESSON_BYTES))


def slowdown(plan: LessonPlan, jobs: int, cores: int) -> float:
    """How many times as long as by itself a lesson takes in a run of so many lessons at a time."""
    return BESIDE if jobs > 1 and cores < 2 * jobs and not plan.alone else 1.0


def next_lesson(waiting: Sequence[LessonPlan], at_work: Collection[LessonPlan], jobs: int) -> LessonPlan | None:
    """The lesson to start now; None where all that wait have to.

    One lesson at a time keeps to the order of the course. Several begin with those for which the most others wait, so
    that in the end there is something to do for each.

    Args:
        waiting: lessons that have not begun, in the order of the course.
        at_work: lessons that have begun and not ended.
        jobs: lessons at a time.
    """
    if len(at_work) >= jobs or any(plan.alone for plan in at_work):
        return None
    unfinished = [*waiting, *at_work]
    able = [plan for plan in waiting if not waits_for(plan, unfinished) and not (plan.alone and at_work)]
    if jobs == 1:
        return next(iter(able), None)
    return max(able, key=lambda plan: _followers(plan, waiting), default=None)  # of equal ones the first


def _followers(plan: LessonPlan, others: Collection[LessonPlan]) -> int:
    """How many lessons wait for one, or for another that waits for it."""
    found = {plan.id}
    while more := {other.id for other in others if found & set(other.needs)} - found:
        found |= more
    return len(found) - 1
