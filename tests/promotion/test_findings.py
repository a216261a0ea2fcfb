"""What follows from findings: only who passes every rule is promoted, and what is unknown never passes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.promotion.findings import LIMITS, Finding, Outcome, State, at_most, decide, unknown, within

WORDS = {"figure": "f", "bound": "b", "why": "w"}
STATES: tuple[State, ...] = ("passed", "failed", "unknown")
NUMBERS = st.floats(-1e6, 1e6)


def finding(state: State, rule: str = "escape") -> Finding:
    return Finding(rule=rule, state=state, figure="f", bound="b", why="w")


SOME = st.lists(st.builds(finding, st.sampled_from(STATES), st.sampled_from(["escape", "drift", LIMITS])), max_size=6)


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ([("passed", "escape"), ("passed", LIMITS)], "promote"),
        ([("passed", "escape"), ("unknown", LIMITS)], "limits not confirmed"),
        ([("unknown", "escape"), ("unknown", LIMITS)], "not enough evidence"),
        ([("failed", "escape"), ("unknown", LIMITS)], "refuse"),
        ([("unknown", "drift"), ("passed", LIMITS)], "not enough evidence"),
        ([], "not enough evidence"),
    ],
)
def test_what_follows(states: list[tuple[State, str]], outcome: Outcome) -> None:
    assert decide([finding(*one) for one in states]) == outcome


@given(SOME)
def test_only_who_passes_every_rule_is_promoted(findings: list[Finding]) -> None:
    every = bool(findings) and all(one.state == "passed" for one in findings)
    assert (decide(findings) == "promote") is every


@given(SOME, st.randoms())
def test_the_order_does_not_count_and_one_failure_refuses(findings: list[Finding], random: object) -> None:
    assert decide(findings[::-1]) == decide(findings)
    assert decide([*findings, finding("failed")]) == "refuse"
    assert decide([*findings, finding("unknown", "drift")]) in ("refuse", "not enough evidence")


@given(NUMBERS, NUMBERS)
def test_a_figure_passes_up_to_its_bound(value: float, limit: float) -> None:
    found = at_most("size", value, limit, **WORDS)
    assert found.state == ("passed" if value <= limit else "failed")
    assert (found.value, found.limit) == (value, limit)


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_no_number_never_passes(value: float | None) -> None:
    found = at_most("size", value, 1.0, **WORDS)
    assert (found.state, found.value) == ("unknown", None)
    assert at_most("size", math.inf, 1.0, **WORDS).state == "failed"


@given(NUMBERS, NUMBERS, NUMBERS)
def test_an_interval_passes_as_a_whole_and_fails_as_a_whole(one: float, other: float, limit: float) -> None:
    low, high = sorted([one, other])
    state = within("escape", (low, high), limit, **WORDS).state
    assert state == ("passed" if high <= limit else "failed" if low > limit else "unknown")
    wider = within("escape", (low - 1, high + 1), limit, **WORDS).state
    assert wider in (state, "unknown"), "less evidence never turns a verdict round"


def test_an_interval_that_is_none_is_unknown() -> None:
    assert within("escape", None, 1.0, **WORDS).state == "unknown"
    assert within("escape", (math.nan, 1.0), 1.0, **WORDS).state == "unknown"
    assert unknown("drift", bound="b", why="w").figure == "unknown"
