"""Two versions about the same judged parts: what each lets pass and fails, with weights and intervals. Pure.

Both are asked about the same parts, so only those tell them apart at which one alone is wrong, as in
`results.evidence.decision`. A part that was judged at random stands for all of its kind that were not judged; one that
somebody asked about stands for itself (`results.quality.totals`).

The intervals are for one look. Whoever tries many candidates on the same parts will find one that is lucky there: so a
candidate that passes here only becomes a canary, and what the line sees of it decides by limits that hold however often
one looks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from aoi_modules.results.quality.intervals import share_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.quality.totals import Total, total
from aoi_modules.verdict import Verdict

Kind = tuple[Verdict, float]
"""What parts of a stratum have in common: how they were answered, and the chance to be judged."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A judged part, and what both versions say about it now."""

    kind: Kind
    sampled: bool
    """Judged at random; else because somebody asked."""
    good: bool
    """What a person said."""
    incumbent: Verdict
    candidate: Verdict


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """An estimated share, with its 95% interval."""

    value: float
    interval: tuple[float, float]


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of mistake of both versions: defective parts that pass, or good parts that fail."""

    candidate: Share
    incumbent: Share
    difference: tuple[float, float]
    """How much worse the candidate is, at least and at most: each end is wrong with a chance of 5% at most. Below 0 it
    is better."""
    candidate_alone: int
    """Judged parts at which the candidate alone is wrong."""
    incumbent_alone: int
    judged: int
    """Judged parts of the kind: defective, or good ones."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What judged parts say about both; a rate is None where no part of its kind was judged at all."""

    escape: Rate | None
    overkill: Rate | None
    parts: int
    unseen: int
    """Parts of the line of whose kind nobody judged any at random: with them the rates are unknown."""


def compare(parts: Sequence[Asked], line: Mapping[Kind, Stratum]) -> Compared:
    """Compares two versions.

    Args:
        parts: judged ones that neither of the two learnt from.
        line: all parts of the component by kind, judged or not, which say for how many each sampled part stands.
    """
    return Compared(
        escape=_rate(parts, line, Verdict.PASS, good=False),
        overkill=_rate(parts, line, Verdict.FAIL, good=True),
        parts=len(parts),
        unseen=sum(one.population for one in line.values() if one.unseen),
    )


def _rate(parts: Sequence[Asked], line: Mapping[Kind, Stratum], wrong: Verdict, *, good: bool) -> Rate | None:
    judged = [one for one in parts if one.good is good]
    if not judged:
        return None

    def share(is_so: Callable[[Asked], bool]) -> Share:
        return _share(parts, line, lambda one: one.good is good and is_so(one), lambda one: one.good is good)

    def candidate_alone(one: Asked) -> bool:
        return one.candidate is wrong and one.incumbent is not wrong

    def incumbent_alone(one: Asked) -> bool:
        return one.incumbent is wrong and one.candidate is not wrong

    ours, theirs = share(candidate_alone).interval, share(incumbent_alone).interval
    return Rate(
        candidate=share(lambda one: one.candidate is wrong),
        incumbent=share(lambda one: one.incumbent is wrong),
        difference=(ours[0] - theirs[1], ours[1] - theirs[0]),
        candidate_alone=sum(map(candidate_alone, judged)),
        incumbent_alone=sum(map(incumbent_alone, judged)),
        judged=len(judged),
    )


def _share(
    parts: Iterable[Asked],
    line: Mapping[Kind, Stratum],
    hit: Callable[[Asked], bool],
    counts: Callable[[Asked], bool],
) -> Share:
    """The share of hits among the parts that count."""
    by_kind: defaultdict[Kind, list[Asked]] = defaultdict(list)
    for part in parts:
        by_kind[part.kind].append(part)
    hits = _total(by_kind, line, hit)
    others = _total(by_kind, line, lambda one: counts(one) and not hit(one))
    return Share(value=hits.estimate / (hits.estimate + others.estimate), interval=share_interval(hits, others))


def _total(
    by_kind: Mapping[Kind, Sequence[Asked]], line: Mapping[Kind, Stratum], wanted: Callable[[Asked], bool]
) -> Total:
    """How many parts are as wanted: the wanted ones of a stratum take the place of its defective ones."""
    return total([_stratum(kind, parts, line.get(kind), wanted) for kind, parts in by_kind.items()], defective=True)


def _stratum(kind: Kind, parts: Sequence[Asked], line: Stratum | None, wanted: Callable[[Asked], bool]) -> Stratum:
    sampled = [one for one in parts if one.sampled]
    asked = [one for one in parts if not one.sampled]
    found = sum(map(wanted, sampled)), sum(map(wanted, asked))
    return Stratum(
        verdict=kind[0],
        chance=1.0 if sampled else kind[1],
        population=round(len(sampled) * weight(line)) + len(asked),
        sampled_defective=found[0],
        sampled_good=len(sampled) - found[0],
        asked_defective=found[1],
        asked_good=len(asked) - found[1],
    )


def weight(line: Stratum | None) -> float:
    """For how many parts one that was judged at random stands, itself among them."""
    return max(1.0, line.rest / line.sampled) if line is not None and line.sampled else 1.0
