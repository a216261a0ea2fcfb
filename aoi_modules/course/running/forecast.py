"""How long a run will still take: what its lessons take elsewhere, corrected by what they take here. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aoi_modules.course.running.outcome import Outcome

TRUST_SECONDS = 30.0
"""So many seconds of lessons weigh as much as all that was known before: one short lesson changes little."""
LEAST_SHARE = 0.1
"""A lesson that takes longer than it should has at least this share of its time before it."""


@dataclass
class Forecast:
    """The time that is left.

    Args:
        expected: lesson -> seconds that it will take about; lessons of which nothing is known are missing.
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

    def left(self, waiting: Collection[str], at_work: Mapping[str, float]) -> float | None:
        """Seconds until the last lesson ends; None where nothing is known of one of them.

        Args:
            waiting: ids of lessons that have not begun.
            at_work: id -> seconds for which the lesson has been at work.
        """
        if any(name not in self.expected for name in (*waiting, *at_work)):
            return None
        whole = {name: self.expected[name] * self.pace for name in (*waiting, *at_work)}
        rest = [max(seconds - at_work.get(name, 0.0), LEAST_SHARE * seconds) for name, seconds in whole.items()]
        # No run is shorter than its longest lesson, or than its work shared by all jobs.
        return max(max(rest, default=0.0), sum(rest) / self.jobs)

    @property
    def pace(self) -> float:
        """How many times as long as expected this run's lessons take."""
        return (self._took + TRUST_SECONDS) / (self._should + TRUST_SECONDS)
