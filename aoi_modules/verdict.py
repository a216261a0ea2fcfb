"""Scores and thresholds -> PASS, REVIEW, FAIL; escape and overkill rates with intervals. Pure.

Training, gateway and lessons use these formulas; they stand nowhere else.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What happens to a part. The order is the order of severity."""

    PASS = "PASS"
    REVIEW = "REVIEW"
    FAIL = "FAIL"


SEVERITY = {Verdict.PASS: 0, Verdict.REVIEW: 1, Verdict.FAIL: 2}


@dataclass(frozen=True)
class Limits:
    """When a defect score fails a part, and when an operator has to look.

    Args:
        threshold: a score over it fails the part, in [0, 1].
        review_band: scores from the first to the second, both included, are doubtful.
    """

    threshold: float
    review_band: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold: expected a score in [0, 1]. Received: {self.threshold}")
        if self.review_band is not None and not 0.0 <= self.review_band[0] <= self.review_band[1] <= 1.0:
            raise ValueError(f"review_band: expected two rising scores in [0, 1]. Received: {self.review_band}")


def judge_score(score: float, limits: Limits) -> Verdict:
    """Judges one head. A score that is not a number is nobody's judgement, so an operator looks: REVIEW."""
    if math.isnan(score):
        return Verdict.REVIEW
    if score > limits.threshold:
        return Verdict.FAIL
    if limits.review_band is not None and limits.review_band[0] <= score <= limits.review_band[1]:
        return Verdict.REVIEW
    return Verdict.PASS


def judge_part(verdicts: Iterable[Verdict]) -> Verdict:
    """Takes the worst verdict of a part's heads. With no head that judges, an operator looks: REVIEW."""
    return max(verdicts, key=SEVERITY.__getitem__, default=Verdict.REVIEW)


@dataclass(frozen=True)
class Rate:
    """A share of parts, with the 95% interval that so many parts allow.

    Args:
        count: parts with the property.
        total: parts looked at; with none, `value` is NaN and the interval is [0, 1].
    """

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share itself, in [0, 1]; NaN when no parts were looked at."""
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval: it stays inside [0, 1] and is honest for few or no defects."""
        if not self.total:
            return 0.0, 1.0
        z = 1.959963984540054  # 97.5% quantile of the normal distribution
        n, p = self.total, self.value
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        if not self.total:
            return "no parts"
        low, high = self.interval
        return f"{self.value:.1%} ({self.count} of {self.total}; 95%: {low:.1%} to {high:.1%})"


def escape_rate(defective: Iterable[bool], verdicts: Iterable[Verdict]) -> Rate:
    """Counts defective parts passed / defective parts. A part sent to REVIEW did not escape: somebody looks at it."""
    passed = [verdict is Verdict.PASS for bad, verdict in zip(defective, verdicts, strict=True) if bad]
    return Rate(sum(passed), len(passed))


def overkill_rate(defective: Iterable[bool], verdicts: Iterable[Verdict]) -> Rate:
    """Counts good parts failed / good parts."""
    failed = [verdict is Verdict.FAIL for bad, verdict in zip(defective, verdicts, strict=True) if not bad]
    return Rate(sum(failed), len(failed))
