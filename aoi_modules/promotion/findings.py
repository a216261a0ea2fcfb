"""What each rule found, and what follows from all of them. Pure."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

State = Literal["passed", "failed", "unknown"]
Outcome = Literal["promote", "refuse", "not enough evidence", "limits not confirmed"]
LIMITS = "limits"
"""Name of the rule about limits, which a person answers and no further evidence."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, its figure and its bound."""

    rule: str
    state: State
    figure: str
    """For people: what was found."""
    bound: str
    """For people: what was wanted."""
    why: str
    """In a sentence, what it is, or why nothing is known."""
    value: float | None = None
    """The figure that was held against the bound; None where it is no number, or unknown."""
    limit: float | None = None
    """The bound as a number; None where it is none."""


def at_most(rule: str, value: float | None, limit: float, *, figure: str, bound: str, why: str) -> Finding:
    """Holds a figure against the most that it may be. What is unknown, or no number, never passes."""
    known = value is not None and not math.isnan(value)
    state: State = "unknown" if not known else "passed" if value is not None and value <= limit else "failed"
    return Finding(
        rule=rule, state=state, figure=figure, bound=bound, why=why, value=value if known else None, limit=limit
    )


def within(
    rule: str, interval: tuple[float, float] | None, limit: float, *, figure: str, bound: str, why: str
) -> Finding:
    """Holds an interval against the most that may be: all of it has to be within, and all beyond it fails."""
    if interval is None or any(map(math.isnan, interval)):
        return unknown(rule, bound=bound, why=why, figure=figure)
    low, high = interval
    state: State = "passed" if high <= limit else "failed" if low > limit else "unknown"
    return Finding(rule=rule, state=state, figure=figure, bound=bound, why=why, value=high, limit=limit)


def unknown(rule: str, *, bound: str, why: str, figure: str = "unknown") -> Finding:
    """Of a rule about which nothing is known."""
    return Finding(rule=rule, state="unknown", figure=figure, bound=bound, why=why)


def decide(findings: Sequence[Finding]) -> Outcome:
    """Says what follows: promoted is only who passes every rule, and at least one was asked."""
    states = {one.state for one in findings}
    if "failed" in states:
        return "refuse"
    open_rules = {one.rule for one in findings if one.state == "unknown"}
    if open_rules == {LIMITS}:
        return "limits not confirmed"
    return "not enough evidence" if open_rules or not findings else "promote"
