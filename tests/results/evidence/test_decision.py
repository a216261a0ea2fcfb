"""The decision: what the evidence allows, the same whoever is called the candidate, and never against itself."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.evidence.decision import Comparison, Decision, Margins, Pairs, decide
from aoi_modules.verdict import Verdict

PASS, REVIEW, FAIL = Verdict
MARGINS = Margins(escape=0.05, overkill=0.03)


def pairs(incumbent: Verdict, candidate: Verdict, good: int, defective: int, *, unjudged: int = 0) -> Pairs:
    """Judged parts, and others of their kind."""
    parts = good + defective + unjudged
    chance = 0.1 if incumbent is PASS else 1.0
    return Pairs(
        incumbent=incumbent,
        candidate=candidate,
        chance=chance,
        parts=parts,
        sampled_good=good,
        sampled_defective=defective,
    )


def line(*differ: Pairs, stopped: int = 300, passed: int = 5000) -> list[Pairs]:
    """Both pass most parts and stop most defects."""
    return [pairs(PASS, PASS, 500, 0, unjudged=passed - 500), pairs(FAIL, FAIL, 0, stopped), *differ]


numbers = st.integers(0, 60)
one_kind = st.builds(
    lambda one, other, good, defective, unjudged: pairs(one, other, good, defective, unjudged=unjudged),
    st.sampled_from(list(Verdict)),
    st.sampled_from(list(Verdict)),
    numbers,
    numbers,
    st.sampled_from([0, 0, 0, 17, 400]),
)
evidence = st.lists(one_kind, max_size=9, unique_by=lambda one: (one.incumbent, one.candidate))


def test_a_candidate_that_finds_what_the_other_one_lets_pass_is_promoted() -> None:
    found = decide(line(pairs(PASS, FAIL, 0, 20)), MARGINS)
    assert found.outcome == "promote"
    assert (found.escape.candidate, found.escape.incumbent, found.escape.among) == (0.0, 20.0, 320.0)
    assert found.escape.fewer is True
    assert found.escape.difference[0] < 0 < found.escape.difference[1] < MARGINS.escape
    assert found.wanted is None


def test_a_candidate_that_lets_defects_pass_is_not() -> None:
    found = decide(line(pairs(FAIL, PASS, 0, 60)), MARGINS)
    assert (found.outcome, found.escape.state, found.escape.fewer) == ("keep", "worse", False)
    assert found.escape.difference[0] > MARGINS.escape


def test_nor_one_that_fails_good_parts() -> None:
    found = decide(line(pairs(PASS, FAIL, 400, 30)), MARGINS)
    assert (found.outcome, found.escape.state, found.overkill.state) == ("keep", "no worse", "worse")
    assert (found.overkill.candidate, found.overkill.among) == (400.0, 5730.0)


def test_two_that_are_alike_are_told_apart_by_nothing_and_the_new_one_may_take_over() -> None:
    found = decide(line(stopped=600), MARGINS)
    assert (found.outcome, found.agreement, found.escape.fewer) == ("promote", 1.0, None)


def test_little_evidence_says_how_much_more_is_wanted_and_so_much_is_enough() -> None:
    few = [pairs(PASS, PASS, 20, 0), pairs(FAIL, FAIL, 0, 20), pairs(PASS, FAIL, 0, 2)]
    found = decide(few, MARGINS)
    assert found.outcome == "not enough evidence"
    assert found.wanted is not None
    times = found.wanted / found.judged + 1.3  # whole parts
    more = [
        msgspec.structs.replace(
            one,
            parts=round(one.parts * times),
            sampled_good=round(one.sampled_good * times),
            sampled_defective=round(one.sampled_defective * times),
        )
        for one in few
    ]
    assert decide(more, MARGINS).outcome == "promote"


def test_parts_that_were_not_judged_are_stood_for_by_those_that_were() -> None:
    found = decide(line(pairs(PASS, FAIL, 0, 20, unjudged=20)), MARGINS)
    assert found.escape.incumbent == 40.0
    all_judged = decide(line(pairs(PASS, FAIL, 0, 40)), MARGINS)
    assert found.escape.difference[1] > all_judged.escape.difference[1], "but count for no more than they are"


def test_a_kind_of_which_nobody_judged_any_keeps_the_question_open() -> None:
    unjudged = Pairs(incumbent=FAIL, candidate=PASS, chance=1.0, parts=3)
    found = decide(line(unjudged), MARGINS)
    assert (found.outcome, found.escape.unjudged, found.escape.candidate) == ("not enough evidence", 3, None)
    assert found.wanted is None


def test_what_somebody_asked_about_stands_for_itself() -> None:
    returned = msgspec.structs.replace(pairs(PASS, PASS, 500, 0, unjudged=4500), asked_defective=1)
    assert decide([returned, pairs(FAIL, FAIL, 0, 600)], MARGINS).outcome == "promote"


def test_without_any_evidence_nothing_is_decided() -> None:
    found = decide([], MARGINS)
    assert (found.outcome, found.pairs, found.agreement, found.wanted) == ("not enough evidence", 0, None, None)


@given(evidence)
def test_swapping_the_two_mirrors_everything(found: list[Pairs]) -> None:
    one, other = decide(found, MARGINS), decide([pair.swapped for pair in found], MARGINS)
    for rate, mirrored in ((one.escape, other.escape), (one.overkill, other.overkill)):
        assert (rate.candidate, rate.incumbent) == pytest.approx((mirrored.incumbent, mirrored.candidate))
        assert rate.difference == pytest.approx(tuple(-limit for limit in reversed(mirrored.difference)), abs=1e-9)
        assert rate.fewer is (None if mirrored.fewer is None else not mirrored.fewer)
        assert not rate.state == mirrored.state == "worse"
    assert (one.pairs, one.judged, one.agreement) == (other.pairs, other.judged, other.agreement)


@given(evidence, st.integers(2, 30))
def test_more_evidence_of_the_same_kind_never_turns_against_what_was_decided(found: list[Pairs], times: int) -> None:
    names = ("parts", "sampled_good", "sampled_defective")
    more = [msgspec.structs.replace(one, **{name: getattr(one, name) * times for name in names}) for one in found]
    before, after = decide(found, MARGINS), decide(more, MARGINS)
    for rate in ("escape", "overkill"):
        states = {getattr(decision, rate).state for decision in (before, after)}
        assert states != {"worse", "no worse"}, rate
        assert _consistent(getattr(before, rate), getattr(after, rate))


def _consistent(before: Comparison, after: Comparison) -> bool:
    """What was shown once is never shown to be otherwise."""
    return {before.fewer, after.fewer} != {True, False} and (
        before.difference[0] <= after.difference[1] and after.difference[0] <= before.difference[1]
    )


@given(evidence)
def test_a_decision_is_plain_data(found: list[Pairs]) -> None:
    decision = decide(found, MARGINS)
    assert msgspec.json.decode(msgspec.json.encode(decision), type=Decision) == decision


@pytest.mark.parametrize("name", ["escape", "overkill", "risk"])
def test_margins_are_shares(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected a share between 0 and 1"):
        Margins(**{name: 0.0})
