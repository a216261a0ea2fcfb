"""The threshold desk: limits of before give the figures of before, and others what they would have given."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.quality.counting import Kind
from aoi_modules.results.quality.desk import Change, Judged, Scored, changes, curve, effect
from aoi_modules.results.quality.figures import escape, overkill
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Limits, Verdict

PASS, REVIEW, FAIL = Verdict.PASS, Verdict.REVIEW, Verdict.FAIL
BEFORE = Limits(0.5, (0.4, 0.5))


def line(
    seed: int, audit: float, parts: int = 4000
) -> tuple[list[Judged], dict[Kind, Stratum], list[tuple[Scored, bool]]]:
    """Parts of which a tenth are defective with higher scores, judged by `BEFORE`; and what each of them really is."""
    chance = random.Random(seed)
    judged: list[Judged] = []
    truth: list[tuple[Scored, bool]] = []
    population: Counter[Kind] = Counter()
    for _ in range(parts):
        good = chance.random() > 0.1
        score = min(max(chance.gauss(0.3 if good else 0.6, 0.1), 0.0), 1.0)
        part = Scored(Scored(PASS, score, PASS).by(BEFORE), score, PASS)
        kind = ("tile", part.verdict, audit if part.verdict is PASS else 1.0)
        population[kind] += 1
        truth.append((part, good))
        if chance.random() < kind[2]:
            judged.append(Judged(part, kind, True, good))
    said = Counter((one.kind, one.good) for one in judged)
    strata = {
        kind: Stratum(
            verdict=kind[1], chance=kind[2], population=number, sampled_good=said[kind, True],
            sampled_defective=said[kind, False],
        )
        for kind, number in population.items()
    }  # fmt: skip
    return judged, strata, truth


@given(st.integers(0, 2**31), st.sampled_from([0.2, 0.5, 1.0]))
def test_the_limits_of_before_give_the_figures_of_before(seed: int, audit: float) -> None:
    judged, strata, _ = line(seed, audit, parts=300)
    found = effect(judged, strata, BEFORE)
    assert found.escape.value == pytest.approx(escape(list(strata.values())).value)
    assert found.overkill.value == pytest.approx(overkill(list(strata.values())).value)


@pytest.mark.parametrize("threshold", [0.35, 0.45, 0.55, 0.65])
def test_what_another_threshold_would_let_pass_is_found_from_a_sample(threshold: float) -> None:
    judged, strata, truth = line(7, audit=0.3)
    found = effect(judged, strata, Limits(threshold))
    passed = [part.by(Limits(threshold)) is PASS for part, good in truth if not good]
    failed = [part.by(Limits(threshold)) is FAIL for part, good in truth if good]
    for figure, real in ((found.escape, passed), (found.overkill, failed)):
        assert figure.interval is not None
        assert figure.interval[0] <= sum(real) / len(real) <= figure.interval[1]
        assert figure.interval[1] - figure.interval[0] < 0.2


def test_a_curve_rises_in_escape_and_falls_in_overkill_and_ends_where_nothing_is_known() -> None:
    judged, strata, _ = line(3, audit=0.3)
    found = curve(judged, strata)
    scores = [one.part.score for one in judged if one.part.score is not None]
    assert (found[0].threshold, found[-1].threshold) == (min(scores), max(scores))
    escapes = [one.escape.value or 0.0 for one in found]
    kills = [one.overkill.value or 0.0 for one in found]
    assert escapes == sorted(escapes)
    assert kills == sorted(kills, reverse=True)
    assert (kills[-1], escapes[-1]) == (0.0, 1.0)


def test_a_band_moves_along_with_the_thresholds() -> None:
    judged, strata, _ = line(3, audit=0.3)
    for one in curve(judged, strata, 0.1):
        band = (max(0.0, one.threshold - 0.1), one.threshold)
        assert one == effect(judged, strata, Limits(one.threshold, band))


def test_where_nobody_audits_the_curve_is_unknown() -> None:
    judged, strata, _ = line(3, audit=0.0)
    assert {one.escape.value for one in curve(judged, strata)} == {None}
    assert curve([], {}) == []


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 1), st.sampled_from(Verdict), st.booleans()), max_size=30),
    st.floats(0, 1),
    st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: (min(ends), max(ends))),
)
def test_all_parts_are_judged_as_each_one_is(
    parts: list[tuple[float | None, Verdict, bool]], threshold: float, band: tuple[float, float] | None
) -> None:
    limits = Limits(threshold, band)
    kind: Kind = ("tile", PASS, 1.0)
    judged = [Judged(Scored(PASS, score, others), kind, True, good) for score, others, good in parts]
    strata = {kind: Stratum(verdict=PASS, chance=1.0, population=max(1, len(parts)), sampled_good=len(parts))}
    found = effect(judged, strata, limits)
    passed = sum(one.part.by(limits) is PASS and not one.good for one in judged)
    failed = sum(one.part.by(limits) is FAIL and one.good for one in judged)
    if parts:
        assert [found.escape.counted, found.overkill.counted] == pytest.approx([passed, failed])


def test_a_part_that_another_head_fails_stays_failed_and_no_score_is_an_operators() -> None:
    assert Scored(FAIL, 0.1, FAIL).by(Limits(0.9)) is FAIL
    assert Scored(PASS, None, PASS).by(Limits(0.9)) is REVIEW
    assert Scored(PASS, 0.2, PASS).by(Limits(0.9, (0.1, 0.3))) is REVIEW


def test_changes_are_counted_what_stays_first() -> None:
    parts = [Scored(PASS, 0.1, PASS)] * 5 + [Scored(PASS, 0.45, PASS)] * 2 + [Scored(FAIL, 0.7, PASS)] * 3
    assert changes(parts, Limits(0.4)) == [
        Change(before=PASS, after=PASS, parts=5),
        Change(before=FAIL, after=FAIL, parts=3),
        Change(before=PASS, after=FAIL, parts=2),
    ]
