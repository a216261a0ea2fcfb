"""Which parts a person has to judge. Pure.

Whoever only looks at parts that the model doubts or fails never learns what it lets pass. So a route gives the rate of
an audit: of the parts that pass, so many are chosen by chance. With each part goes the probability of being chosen,
whether it was or not, because figures of quality weigh by it.
"""

from dataclasses import dataclass

from aoi_modules.results.record import ReviewReason
from aoi_modules.verdict import Verdict

_ALWAYS: dict[Verdict, ReviewReason] = {Verdict.REVIEW: "doubtful", Verdict.FAIL: "failed"}


@dataclass(frozen=True)
class Choice:
    """Whether a person has to judge a part.

    Args:
        reason: why; None if nobody has to.
        chance: the probability of it: 1 for REVIEW and FAIL, the audit rate for PASS. 0 for a part whose picture is
            not kept, since nobody can judge it.
    """

    reason: ReviewReason | None
    chance: float


def choose(verdict: Verdict, *, kept: bool, audit: float, luck: float) -> Choice:
    """Chooses what a person has to judge.

    Args:
        verdict: of the part.
        kept: whether its picture is kept anyway; that of an audit is kept because of the audit.
        audit: rate of the audit, in [0, 1].
        luck: a number by chance, in [0, 1).
    """
    reason = _ALWAYS.get(verdict)
    if reason is not None:
        return Choice(reason, 1.0) if kept else Choice(None, 0.0)
    return Choice("audit" if luck < audit else None, audit)
