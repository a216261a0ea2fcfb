"""Two versions about the same judged parts: rates and differences with the weights by which parts were judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.promotion.held_out import Asked, Kind, Rate, compare, weight
from aoi_modules.results.quality.intervals import exact_interval
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict

PASS, REVIEW, FAIL = Verdict
PASSED, FAILED = (PASS, 0.1), (FAIL, 1.0)
ALL = {PASSED: Stratum(verdict=PASS, chance=1.0, population=50, sampled_good=50)}
"""Everything was judged, so each part stands for itself."""


def part(incumbent: Verdict, candidate: Verdict, *, good: bool, kind: Kind = PASSED, sampled: bool = True) -> Asked:
    return Asked(kind=kind, sampled=sampled, good=good, incumbent=incumbent, candidate=candidate)


def rate(found: Rate | None) -> Rate:
    assert found is not None
    return found


def test_where_all_was_judged_rates_are_counts_and_intervals_exact() -> None:
    parts = [
        *[part(FAIL, FAIL, good=False)] * 7,
        *[part(FAIL, PASS, good=False)] * 2,
        *[part(PASS, FAIL, good=False)] * 1,
        *[part(PASS, PASS, good=True)] * 36,
        *[part(REVIEW, FAIL, good=True)] * 4,
    ]
    found = compare(parts, ALL)
    escape, overkill = rate(found.escape), rate(found.overkill)
    assert (escape.candidate_alone, escape.incumbent_alone, escape.judged) == (2, 1, 10)
    assert (escape.candidate.value, escape.incumbent.value) == pytest.approx((0.2, 0.1))
    assert escape.candidate.interval == pytest.approx(exact_interval(2, 10))
    alone, other = exact_interval(2, 10), exact_interval(1, 10)
    assert escape.difference == pytest.approx((alone[0] - other[1], alone[1] - other[0]))
    assert (overkill.candidate_alone, overkill.judged) == (4, 40)
    assert overkill.candidate.value == pytest.approx(0.1)
    assert (found.parts, found.unseen) == (50, 0)


def test_a_part_that_was_judged_at_random_stands_for_others() -> None:
    """Of 1000 parts that passed 100 were judged; each stands for ten, a failed one for itself."""
    line = {
        PASSED: Stratum(verdict=PASS, chance=0.1, population=1000, sampled_good=95, sampled_defective=5),
        FAILED: Stratum(verdict=FAIL, chance=1.0, population=20, sampled_good=2, sampled_defective=18),
    }
    parts = [
        part(PASS, PASS, good=False),
        *[part(FAIL, FAIL, good=False, kind=FAILED)] * 10,
        *[part(PASS, PASS, good=True)] * 50,
    ]
    escape = rate(compare(parts, line).escape)
    assert weight(line[PASSED]) == 10
    assert escape.candidate.value == pytest.approx(10 / 20), "one escape stands for ten"
    asked = [part(PASS, PASS, good=False, sampled=False), *parts[1:]]
    assert rate(compare(asked, line).escape).candidate.value == pytest.approx(1 / 11), "who was asked about, for itself"


def test_a_kind_of_which_nobody_judged_any_is_told() -> None:
    line = {**ALL, (PASS, 0.0): Stratum(verdict=PASS, chance=0.0, population=400)}
    assert compare([part(PASS, PASS, good=True)], line).unseen == 400


def test_without_parts_of_a_kind_nothing_is_known() -> None:
    found = compare([part(PASS, PASS, good=True)], ALL)
    assert found.escape is None
    assert found.overkill is not None
    assert weight(None) == 1
    assert compare([], {}).overkill is None


VERDICTS = st.sampled_from([PASS, REVIEW, FAIL])
PARTS = st.lists(
    st.builds(
        Asked,
        kind=st.sampled_from([PASSED, FAILED]),
        sampled=st.booleans(),
        good=st.booleans(),
        incumbent=VERDICTS,
        candidate=VERDICTS,
    ),
    min_size=1,
    max_size=40,
)
LINE = st.fixed_dictionaries(
    {
        PASSED: st.builds(
            lambda judged, more: Stratum(verdict=PASS, chance=0.1, population=judged + more, sampled_good=judged),
            st.integers(1, 50),
            st.integers(0, 500),
        )
    }
)


def swapped(one: Asked) -> Asked:
    return Asked(kind=one.kind, sampled=one.sampled, good=one.good, incumbent=one.candidate, candidate=one.incumbent)


@given(PARTS, LINE)
def test_each_rate_lies_in_its_interval_and_who_changes_places_changes_signs(
    parts: list[Asked], line: dict[Kind, Stratum]
) -> None:
    found, other = compare(parts, line), compare([swapped(one) for one in parts], line)
    for mine, theirs in ((found.escape, other.escape), (found.overkill, other.overkill)):
        if mine is None or theirs is None:
            assert mine is theirs
            continue
        for share in (mine.candidate, mine.incumbent):
            assert 0 <= share.interval[0] <= share.value + 1e-9
            assert share.value - 1e-9 <= share.interval[1] <= 1
        assert mine.difference[0] <= mine.candidate.value - mine.incumbent.value + 1e-9
        assert mine.difference[1] >= mine.candidate.value - mine.incumbent.value - 1e-9
        assert mine.difference == pytest.approx((-theirs.difference[1], -theirs.difference[0]))


@given(PARTS)
def test_a_candidate_that_lets_more_pass_never_looks_better(parts: list[Asked]) -> None:
    """Where each part stands for itself; with weights an interval is not that regular, only right."""
    worse = [
        Asked(kind=one.kind, sampled=one.sampled, good=one.good, incumbent=one.incumbent, candidate=PASS)
        for one in parts
    ]
    before, after = compare(parts, {}).escape, compare(worse, {}).escape
    if before is not None and after is not None:
        assert after.difference[1] >= before.difference[1] - 1e-9
        assert after.candidate.value == pytest.approx(1.0)
