"""A comparison for people: its numbers, its rule and what follows, in plain words. Pure."""

from collections.abc import Iterator

from aoi_modules.results.evidence.comparing import Found
from aoi_modules.results.evidence.decision import Comparison

RULE = (
    "rule: promote if the candidate is shown to be worse by no more than the margin, in escapes and in overkill; keep"
    " if it is shown to be worse by more than that, in either; nobody takes over whose limits people have not made or"
    " confirmed"
)


def in_words(found: Found) -> str:
    """Several lines: who is compared, by what, with which numbers, by which rule, and what follows."""
    return "\n".join(_lines(found))


def _lines(found: Found) -> Iterator[str]:
    old, new = (f"{one.name} {one.version}" for one in (found.incumbent, found.candidate))
    yield f"{found.component}: {old} is in service, {new} is the candidate"
    if found.way == "same pictures":
        same = "" if found.agreement is None else f", {found.agreement:.1%} with the same verdict"
        yield f"both saw {found.pairs} pictures, of which {found.judged} were judged{same}"
    else:
        yield f"each answered about parts of its own, of which {found.judged} were judged"
    if found.left_out:
        yield f"left out: {found.left_out} pictures of units from which one of them learnt"
    yield f"escape: {_rate(found, found.escape, 'lets defects pass', 'defective parts')}"
    yield f"overkill: {_rate(found, found.overkill, 'fails good parts', 'parts')}"
    yield from found.notes
    yield RULE
    yield (
        f"all limits hold together with {1 - found.margins.risk:.0%}, however often this is asked: they are a"
        " confidence sequence, so to look again after each judged part does no harm"
    )
    yield f"so: {_follows(found, old, new)}"


def _rate(found: Found, rate: Comparison, what: str, parts: str) -> str:
    if rate.candidate is None or rate.incumbent is None:
        return f"unknown, since nobody judged any of {rate.unjudged} parts of a kind that tells the two apart"
    alone = "alone " if found.way == "same pictures" else ""
    of = f"{rate.among:.4g} {parts}"
    if rate.among != rate.incumbent_among:
        of = f"{rate.among:.4g} and {rate.incumbent_among:.4g} {parts}"
    low, high = rate.difference
    return (
        f"the candidate {alone}{what} {rate.candidate:.4g} times, the version in service {alone}{rate.incumbent:.4g}"
        f" times, of {of}; it is worse by {low:+.2%} to {high:+.2%}, margin {rate.margin:+.2%}: {_state(rate)}"
    )


def _state(rate: Comparison) -> str:
    if rate.state == "open":
        return "open"
    if rate.fewer:
        return "better"
    return "no worse than the margin" if rate.state == "no worse" else "worse"


def _follows(found: Found, old: str, new: str) -> str:
    if found.outcome == "promote":
        return f"promote {new}"
    if found.outcome == "limits not confirmed":
        heads = ", ".join(found.unset)
        return f"first make or confirm the limits of {new} at the threshold desk ({heads}); then promote it"
    if found.outcome == "keep":
        return f"keep {old}"
    if found.wanted is not None:
        return f"not enough evidence: about {found.wanted} more judged parts like these would decide"
    if not found.pairs and not found.judged:
        return "not enough evidence: the candidate has seen nothing yet that was judged"
    return "not enough evidence: judge more parts, first those about which the two differ"
