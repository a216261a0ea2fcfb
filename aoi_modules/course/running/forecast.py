"""How long a run will still take: what its lessons take elsewhere, corrected by what they take here. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.course.running.schedule import next_lesson

TRUST_SECONDS = 30.0
"""So many seconds of lessons weigh as much as all that was known before: one short lesson changes little."""
LEAST_SHARE = 0.1
"""A lesson that takes longer than it should has at least this share of its time before it."""


@dataclass
class Forecast:
    """The time that is left.

    Args:
        expected: lesson -> seconds that it will take about, beside as many others as there will be; lessons of which
            nothing is known are missing.
        jobs: lessons at a time.
    """

    expected: Mapping[str, float]
    jobs: int = 1
    _took: float = field(default=0.0, init=False)
    _should: float = field(default=0.0, init=False)

    def ended(self, outcome: Outcome) -> None:
        """Learns from a lesson that ran to its end."""
        if outcome.status == "passed" and outcome.plan.id in self.expected:
            self._took += outcome.seconds
            self._should += self.expected[outcome.plan.id]

    def lesson(self, lesson_id: str) -> float | None:
        """Seconds that a whole lesson takes, or None."""
        known = self.expected.get(lesson_id)
        return None if known is None else known * self.pace

    def left(self, waiting: Sequence[LessonPlan], at_work: Mapping[LessonPlan, float]) -> float | None:
        """Seconds until the last lesson ends; None where nothing is known of one of them.

        Args:
            waiting: lessons that have not begun, in the order of the course.
            at_work: lesson -> seconds for which it has been at work.
        """
        if any(plan.id not in self.expected for plan in (*waiting, *at_work)):
            return None
        whole = {plan: self.expected[plan.id] * self.pace for plan in (*waiting, *at_work)}
        rest = {plan: max(whole[plan] - seconds, LEAST_SHARE * whole[plan]) for plan, seconds in at_work.items()}
        coming, clock = list(waiting), 0.0
        while True:
            while plan := next_lesson(coming, rest, self.jobs):
                coming.remove(plan)
                rest[plan] = whole[plan]
            if not rest:
                return clock
            step = min(rest.values())
            clock += step
            rest = {plan: seconds - step for plan, seconds in rest.items() if seconds > step}

    @property
    def pace(self) -> float:
        """How many times as long as expected this run's lessons take."""
        return (self._took + TRUST_SECONDS) / (self._should + TRUST_SECONDS)
