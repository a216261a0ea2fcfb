"""How a lesson's run ended, as the summary, the report and the exit code see it."""

from typing import Literal

import msgspec

from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running.lesson_events import LessonError

Status = Literal["passed", "fresh", "failed", "skipped", "to come", "not asked for"]

GOOD: frozenset[Status] = frozenset({"passed", "fresh"})


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson's end. `seconds` is of the run that made the artifacts, also when that was an earlier one.

    `reason` says in a sentence why a lesson failed or was skipped.
    """

    plan: LessonPlan
    status: Status
    seconds: float = 0.0
    cells: int = 0
    reason: str = ""
    error: LessonError | None = None
    manifest: LessonManifest | None = None

    @property
    def good(self) -> bool:
        """Whether the lesson's artifacts stand: it passed now, or earlier and nothing has changed since."""
        return self.status in GOOD


def all_good(outcomes: list[Outcome]) -> bool:
    """Whether every lesson that was asked for passed or is fresh."""
    asked = [outcome for outcome in outcomes if outcome.status != "not asked for"]
    return bool(asked) and all(outcome.good for outcome in asked)
