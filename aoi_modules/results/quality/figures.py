"""The quality figures of a line: escape rate, overkill rate, first pass yield, each with what it rests on.

What they mean stands in `aoi_modules.verdict`. Here only some parts are judged, and not all with the same chance: FAIL
and REVIEW are chosen, PASS comes by audit. So each judged part stands for as many as its stratum has for one judged.
"""

from collections.abc import Sequence

import msgspec

from aoi_modules.results.quality.intervals import Interval, share_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Total, total
from aoi_modules.verdict import Rate, Verdict


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A rate, or why there is none; and the numbers that it rests on."""

    value: float | None = None
    """In [0, 1]; null where it is unknown, which is not 0."""
    interval: Interval | None = None
    """Which holds the rate of the process in 95% of all cases; null where the value is."""
    unknown: str = ""
    """Why there is no value, in one sentence; else empty."""
    parts: int
    """All parts, judged or not."""
    sampled: int
    """Judged at random."""
    asked: int
    """Judged because somebody asked."""
    counted: float | None = None
    """Parts above the fraction line, estimated: defective parts that passed, good parts that failed."""
    of: float | None = None
    """Parts below it, estimated: all defective ones, all good ones."""
    effective: float | None = None
    """Effective sample: of so many parts, judged one by one, a rate would be as sure as this one. The fewer they are
    beside `of`, the more the sample's weights cost."""


def escape(strata: Sequence[Stratum]) -> Figure:
    """Estimates the share of defective parts that passed. One that went to REVIEW did not escape.

    Args:
        strata: that together hold every part of the time, lot or component which the figure is about.
    """
    return _share(strata, Verdict.PASS, defective=True)


def overkill(strata: Sequence[Stratum]) -> Figure:
    """Estimates the share of good parts that failed.

    Args:
        strata: as for `escape`.
    """
    return _share(strata, Verdict.FAIL, defective=False)


def first_pass_yield(passed: int, parts: int) -> Figure:
    """Counts the share of parts, or units, that passed at their first inspection. All of them count: nothing is judged.

    Raises:
        ValueError: more passed than there were.
    """
    if not 0 <= passed <= parts:
        raise ValueError(f"passed: expected 0 to {parts}, as many parts as there were. Received: {passed}")
    if not parts:
        return Figure(unknown="no parts were inspected", parts=0, sampled=0, asked=0)
    rate = Rate(passed, parts)
    return Figure(
        value=rate.value, interval=rate.interval, parts=parts, sampled=0, asked=0, counted=passed, of=parts,
        effective=parts,
    )  # fmt: skip


def _share(strata: Sequence[Stratum], verdict: Verdict, *, defective: bool) -> Figure:
    """The share of one verdict among all parts of a kind."""
    of_verdict = [stratum for stratum in strata if stratum.verdict is verdict]
    others = [stratum for stratum in strata if stratum.verdict is not verdict]
    return share(strata, of_verdict, others, defective=defective)


def share(strata: Sequence[Stratum], first: Sequence[Stratum], second: Sequence[Stratum], *, defective: bool) -> Figure:
    """Estimates the share that the parts of a kind in some strata have in those of all.

    Args:
        strata: in which all parts are, whatever was found.
        first: what was found that counts above the fraction line.
        second: what was found that counts below it only.
        defective: the kind; else good.
    """
    parts = sum(stratum.population for stratum in strata)
    sampled = sum(stratum.sampled for stratum in strata)
    asked = sum(stratum.asked for stratum in strata)
    if missing := _missing(strata):
        return Figure(unknown=missing, parts=parts, sampled=sampled, asked=asked)
    above, below = total(first, defective=defective), total(second, defective=defective)
    both = above.estimate + below.estimate
    if not both:
        why = f"no {'defective' if defective else 'good'} part is known among the {sampled + asked:,} that were judged"
        return Figure(unknown=why, parts=parts, sampled=sampled, asked=asked, counted=0.0, of=0.0)
    return Figure(
        value=above.estimate / both, interval=share_interval(above, below), parts=parts, sampled=sampled, asked=asked,
        counted=above.estimate, of=both, effective=effective_sample(above, below),
    )  # fmt: skip


def _missing(strata: Sequence[Stratum]) -> str:
    """Why nothing can be said; empty where of each stratum something is known."""
    if not any(stratum.population for stratum in strata):
        return "no parts were inspected"
    unseen = sorted((stratum for stratum in strata if stratum.unseen), key=lambda stratum: -stratum.rest)
    if not unseen:
        return ""
    worst = unseen[0]
    chance = f"{'an audit rate' if worst.verdict is Verdict.PASS else 'a chance'} of {worst.chance:.4g}"
    others = f", nor of {sum(stratum.rest for stratum in unseen[1:]):,} others" if len(unseen) > 1 else ""
    return f"nothing of {worst.rest:,} parts with {worst.verdict} at {chance} was judged at random{others}"


def effective_sample(first: Total, second: Total) -> float:
    """Finds of how many parts a binomial share has the variance that the share of the first total has.

    That is n = p (1 - p) / variance of p (L. Kish, Survey Sampling, 1965: n over the design effect), with the variance
    of first / (first + second) by first differences.
    """
    both = first.estimate + second.estimate
    return both**2 / (first.scale * second.estimate + second.scale * first.estimate)
