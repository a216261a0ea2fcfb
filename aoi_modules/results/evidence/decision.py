"""Whether a candidate takes over from the version in service: a function of the evidence alone. Pure.

Where both saw the same pictures, only those parts tell them apart about which they differ. So the two are compared as
in a paired trial (Q. McNemar, Note on the sampling error of the difference between correlated proportions,
Psychometrika 12 (1947) 153-157): defects that the candidate alone lets pass against those that the version in service
alone lets pass, and good parts that the candidate alone fails against those that the other one alone fails.

A judged part stands for others of its kind that were not judged (`quality.totals`), and yet is one piece of evidence:
so all counts are taken in units of the part that stands for most. Where all parts are judged about which the two
differ, the limits are exact. They are confidence sequences (`sequences`), so it does no harm to ask again after each
judged part; the risk is shared out evenly among them.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from aoi_modules.results.evidence.sequences import share_sequence
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Total, total
from aoi_modules.verdict import Verdict

Outcome = Literal["promote", "keep", "not enough evidence"]
State = Literal["no worse", "worse", "open"]
LIMITS = 6
"""Limits that have to hold together: three for each of the two rates."""
_MOST = 2**20
"""Times the evidence there is: what is open even then is a matter of the margin."""


class Margins(msgspec.Struct, frozen=True, kw_only=True):
    """How much worse a candidate may be, and how sure one has to be."""

    escape: float = 0.02
    """Of the defective parts that at least one of them stops, the share that it may let pass beyond the other one."""
    overkill: float = 0.01
    """Of all parts, the share that are good and that it may fail beyond the other one."""
    risk: float = 0.05
    """Chance that any of the limits is ever wrong."""

    def __post_init__(self) -> None:
        for name in ("escape", "overkill", "risk"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ValueError(f"{name}: expected a share between 0 and 1. Received: {getattr(self, name)}")


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of which both saw the same picture, with one verdict of each, that came to be judged by one chance."""

    incumbent: Verdict
    candidate: Verdict
    chance: float
    """With which a part came into the queue, as the version in service judged it."""
    parts: int
    sampled_good: int = 0
    """Judged good, as the queue's random order had it; likewise those below."""
    sampled_defective: int = 0
    asked_good: int = 0
    """Judged because somebody asked: these stand for themselves."""
    asked_defective: int = 0

    @property
    def stratum(self) -> Stratum:
        """As figures of quality count it. A part about which the two differ waits for a person whatever its chance."""
        differ = self.incumbent is not self.candidate
        return Stratum(
            verdict=self.incumbent,
            chance=1.0 if differ or self.sampled_good + self.sampled_defective else self.chance,
            population=self.parts,
            sampled_good=self.sampled_good,
            sampled_defective=self.sampled_defective,
            asked_good=self.asked_good,
            asked_defective=self.asked_defective,
        )

    @property
    def swapped(self) -> "Pairs":
        """The same with the two in each other's place."""
        return msgspec.structs.replace(self, incumbent=self.candidate, candidate=self.incumbent)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One rate of both, compared."""

    candidate: float | None
    """Parts at which the candidate alone is wrong, estimated; null where nobody judged any of them."""
    incumbent: float | None
    """At which the version in service alone is wrong."""
    among: float
    """Of so many parts."""
    incumbent_among: float
    """Likewise of the version in service: the same where both saw the same pictures."""
    difference: tuple[float, float]
    """Limits of how much worse the candidate is, as a share of those; below 0 it is better."""
    fewer: bool | None
    """Whether the candidate is shown to be wrong less often, whatever the margin; false: more often; null: open."""
    margin: float
    state: State
    unjudged: int = 0
    """Parts about which they differ in this way and of whose kind nobody judged any: these keep the question open."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the evidence says."""

    outcome: Outcome
    escape: Comparison
    """Defective parts that pass."""
    overkill: Comparison
    """Good parts that fail."""
    pairs: int
    """Parts of which both saw the same picture."""
    judged: int
    """Of these."""
    agreement: float | None
    """Share of the pairs with the same verdict; null where there are none."""
    wanted: int | None
    """About so many more judged parts like those so far would decide; null where it is decided, or where none would."""


def decide(pairs: Sequence[Pairs], margins: Margins) -> Decision:
    """Decides between the version in service and a candidate.

    Promote: shown to be no worse by more than the margin, in both rates. Keep: shown to be worse by more than that, in
    either. Else there is not enough evidence.

    Args:
        pairs: what is known, by verdicts of both.
        margins: what is good enough.
    """
    escape, overkill = _escape(pairs, margins), _overkill(pairs, margins)
    outcome = outcome_of(escape, overkill)
    parts = sum(one.parts for one in pairs)
    same = sum(one.parts for one in pairs if one.incumbent is one.candidate)
    return Decision(
        outcome=outcome,
        escape=escape,
        overkill=overkill,
        pairs=parts,
        judged=_judged(pairs),
        agreement=same / parts if parts else None,
        wanted=_wanted(pairs, margins) if outcome == "not enough evidence" else None,
    )


def outcome_of(*rates: Comparison) -> Outcome:
    """What follows from all rates together."""
    states = {rate.state for rate in rates}
    if "worse" in states:
        return "keep"
    return "promote" if states == {"no worse"} else "not enough evidence"


def _escape(pairs: Sequence[Pairs], margins: Margins) -> Comparison:
    """Defective parts that pass, of those that at least one of them stops."""
    candidate = [one for one in pairs if one.candidate is Verdict.PASS and one.incumbent is not Verdict.PASS]
    incumbent = [one for one in pairs if one.incumbent is Verdict.PASS and one.candidate is not Verdict.PASS]
    both = [one for one in pairs if Verdict.PASS not in (one.incumbent, one.candidate)]
    stopped = sum(_known(part, defective=True).estimate for part in (candidate, incumbent, both))
    return _compared(candidate, incumbent, stopped, margins.escape, margins, defective=True)


def _overkill(pairs: Sequence[Pairs], margins: Margins) -> Comparison:
    """Good parts that fail, of all parts."""
    candidate = [one for one in pairs if one.candidate is Verdict.FAIL and one.incumbent is not Verdict.FAIL]
    incumbent = [one for one in pairs if one.incumbent is Verdict.FAIL and one.candidate is not Verdict.FAIL]
    parts = float(sum(one.parts for one in pairs))
    return _compared(candidate, incumbent, parts, margins.overkill, margins, defective=False)


def _compared(
    candidate: Sequence[Pairs],
    incumbent: Sequence[Pairs],
    among: float,
    margin: float,
    margins: Margins,
    *,
    defective: bool,
) -> Comparison:
    unseen = [one.parts for one in (*candidate, *incumbent) if one.stratum.unseen]
    ours, theirs = _known(candidate, defective=defective), _known(incumbent, defective=defective)
    seen = [one.stratum for one in (*candidate, *incumbent) if one.stratum.sampled]
    for_one = max([1.0, *(stratum.rest / stratum.sampled for stratum in seen)])
    risk = margins.risk / LIMITS
    mine, other, of = ours.estimate / for_one, theirs.estimate / for_one, among / for_one
    low, high = difference_of(share_sequence(mine, of, risk), share_sequence(other, of, risk))
    sign = share_sequence(mine, mine + other, risk)
    fewer = True if sign[1] < 0.5 else False if sign[0] > 0.5 else None
    if unseen:
        low, high, fewer = -1.0, 1.0, None
    return Comparison(
        candidate=None if unseen else ours.estimate,
        incumbent=None if unseen else theirs.estimate,
        among=among,
        incumbent_among=among,
        difference=(low, high),
        fewer=fewer,
        margin=margin,
        state=state_of(low, high, margin, fewer=bool(fewer)),
        unjudged=sum(unseen),
    )


def state_of(low: float, high: float, margin: float, *, fewer: bool) -> State:
    """What limits of a difference say about a margin.

    Args:
        low: the candidate is at least so much worse.
        high: at most so much.
        margin: that it may be worse.
        fewer: whether it is shown to be better.
    """
    if high <= margin or fewer:
        return "no worse"
    return "worse" if low > margin else "open"


def difference_of(candidate: tuple[float, float], incumbent: tuple[float, float]) -> tuple[float, float]:
    """Limits of a difference of two shares, each with limits of its own."""
    return candidate[0] - incumbent[1], candidate[1] - incumbent[0]


def _known(pairs: Iterable[Pairs], *, defective: bool) -> Total:
    """How many of them are defective, or good; of kinds of which nobody judged any, nothing is counted."""
    return total([one.stratum for one in pairs if not one.stratum.unseen], defective=defective)


def _judged(pairs: Iterable[Pairs]) -> int:
    return sum(one.sampled_good + one.sampled_defective + one.asked_good + one.asked_defective for one in pairs)


def _wanted(pairs: Sequence[Pairs], margins: Margins) -> int | None:
    """How many more judged parts decide, if they are like those so far."""
    judged = _judged(pairs)
    if not judged or any(one.stratum.unseen for one in pairs if one.incumbent is not one.candidate):
        return None

    def decided(times: float) -> bool:
        more = _times(pairs, times)
        return outcome_of(_escape(more, margins), _overkill(more, margins)) != "not enough evidence"

    if not decided(_MOST):
        return None
    low, high = 1.0, 2.0
    while not decided(high):
        low, high = high, high * 2
    while judged * (high - low) > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return max(1, round(judged * (high - 1)))


def _times(pairs: Iterable[Pairs], times: float) -> list[Pairs]:
    """The same evidence, so many times."""
    names = ("sampled_good", "sampled_defective", "asked_good", "asked_defective")
    more = []
    for one in pairs:
        judged = {name: round(getattr(one, name) * times) for name in names}
        parts = max(round(one.parts * times), sum(judged.values()))
        more.append(msgspec.structs.replace(one, parts=parts, **judged))
    return more
