"""A candidate that answered about units of its own, as a canary does, against the version in service. Pure.

Each saw other parts, so chance has twice as much to say as where both saw the same pictures (`decision`): their rates
are compared as those of two samples, each with the limits of its own.
"""

from collections.abc import Sequence

from aoi_modules.results.evidence.decision import (
    LIMITS,
    Comparison,
    Margins,
    Outcome,
    difference_of,
    outcome_of,
    state_of,
)
from aoi_modules.results.evidence.sequences import share_sequence
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Total, total
from aoi_modules.verdict import Verdict


def decide_apart(
    incumbent: Sequence[Stratum], candidate: Sequence[Stratum], margins: Margins
) -> tuple[Outcome, Comparison, Comparison]:
    """Decides by parts of which each was seen by one of the two.

    Args:
        incumbent: what the version in service answered about, and what people said.
        candidate: likewise.
        margins: what is good enough; of the defective, and of the good parts.

    Returns:
        What follows, and how escape and overkill compare.
    """
    escape = _compared(incumbent, candidate, Verdict.PASS, margins.escape, margins, defective=True)
    overkill = _compared(incumbent, candidate, Verdict.FAIL, margins.overkill, margins, defective=False)
    return outcome_of(escape, overkill), escape, overkill


def _compared(
    incumbent: Sequence[Stratum],
    candidate: Sequence[Stratum],
    wrong: Verdict,
    margin: float,
    margins: Margins,
    *,
    defective: bool,
) -> Comparison:
    unseen = sum(one.population for one in (*incumbent, *candidate) if one.unseen)
    mine, other = (_share(strata, wrong, defective=defective) for strata in (candidate, incumbent))
    risk = margins.risk / LIMITS
    low, high = difference_of(_limits(*mine, risk), _limits(*other, risk))
    if unseen:
        low, high = -1.0, 1.0
    return Comparison(
        candidate=None if unseen else mine[0].estimate,
        incumbent=None if unseen else other[0].estimate,
        among=mine[1].estimate,
        incumbent_among=other[1].estimate,
        difference=(low, high),
        fewer=None if unseen or low <= 0.0 <= high else high < 0.0,
        margin=margin,
        state=state_of(low, high, margin, fewer=False),
        unjudged=unseen,
    )


def _share(strata: Sequence[Stratum], wrong: Verdict, *, defective: bool) -> tuple[Total, Total]:
    """How many parts are judged wrong, and of how many."""
    known = [one for one in strata if not one.unseen]
    return total([one for one in known if one.verdict is wrong], defective=defective), total(known, defective=defective)


def _limits(wrong: Total, every: Total, risk: float) -> tuple[float, float]:
    """A part that stands for many is one piece of evidence."""
    for_one = max([1.0, *(one.scale for one in (wrong, every) if one.estimate)])
    of = every.estimate / for_one
    return share_sequence(min(wrong.estimate / for_one, of), of, risk)
