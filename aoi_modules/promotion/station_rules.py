"""The rules before a candidate takes over: by what it did at the line as a canary or a shadow. Pure."""

from typing import Literal

from aoi_modules.promotion.findings import LIMITS, Finding, State, at_most, unknown
from aoi_modules.promotion.gate import Station
from aoi_modules.results.evidence.comparing import Found, Way
from aoi_modules.results.evidence.decision import Comparison

_STATES: dict[Literal["no worse", "worse", "open"], State] = {
    "no worse": "passed",
    "worse": "failed",
    "open": "unknown",
}
_WAYS: dict[Way, str] = {
    "same pictures": "as a shadow, about the same pictures as the version in service",
    "pictures of its own": "as a canary, about parts of its own",
}
_MISTAKES = {"escape": ("lets pass", "defective parts"), "overkill": ("fails", "parts")}


def escape(found: Found) -> Finding:
    """Defective parts that it let pass at the line."""
    return _mistakes("escape", found.escape, found)


def overkill(found: Found) -> Finding:
    """Good parts that it failed."""
    return _mistakes("overkill", found.overkill, found)


def judged(found: Found, gate: Station) -> Finding:
    """How much people said about what it saw."""
    bound = f"at least {gate.judged} parts"
    why = _WAYS[found.way]
    state: State = "passed" if found.judged >= gate.judged else "unknown"
    if state == "unknown":
        why += ": judge more"
    figure = f"{found.judged} parts"
    return Finding(
        rule="judged", state=state, figure=figure, bound=bound, why=why, value=found.judged, limit=gate.judged
    )


def failures(count: int | None, gate: Station) -> Finding | None:
    """Inspections that it could not answer; None where the gate does not ask.

    Args:
        count: of all gateways together since they started; None where none was asked.
        gate: with the bound.
    """
    if gate.failures is None:
        return None
    bound = f"at most {gate.failures}"
    if count is None:
        return unknown("failures", bound=bound, why="no --gateway says where to ask for them")
    why = "inspections that it could not answer since the gateways started"
    return at_most("failures", count, gate.failures, figure=str(count), bound=bound, why=why)


def limits(found: Found) -> Finding:
    """Whether somebody made or confirmed the limits of this very version."""
    bound = "made or confirmed by a person"
    if found.unset:
        heads = ", ".join(found.unset)
        why = f"nobody did for {heads}: look at the threshold desk, then POST /v1/limits, or name them in the routes"
        return unknown(LIMITS, bound=bound, why=why, figure=heads)
    why = "its scores mean what its limits take them for"
    return Finding(rule=LIMITS, state="passed", figure="all heads", bound=bound, why=why)


def _mistakes(rule: str, rate: Comparison, found: Found) -> Finding:
    does, parts = _MISTAKES[rule]
    bound = f"worse by at most {rate.margin:.1%}"
    if rate.candidate is None or rate.incumbent is None:
        why = f"nobody judged any of {rate.unjudged} parts of a kind that tells the two apart"
        return unknown(rule, bound=bound, why=why)
    low, high = rate.difference
    alone = "alone " if found.way == "same pictures" else ""
    why = f"the candidate {alone}{does} {rate.candidate:.4g}, the version in service {alone}{rate.incumbent:.4g}"
    among = f"{rate.among:.4g}"
    if rate.among != rate.incumbent_among:
        among += f" and {rate.incumbent_among:.4g}"
    why += f", of {among} {parts}; limits hold with {1 - found.margins.risk:.0%}, however often one looks"
    if rate.state == "open" and found.wanted is not None:
        why += f"; about {found.wanted} more judged parts like these would decide"
    figure = "better" if rate.fewer else f"worse by {low:+.1%} to {high:+.1%}"
    return Finding(
        rule=rule, state=_STATES[rate.state], figure=figure, bound=bound, why=why, value=high, limit=rate.margin
    )
