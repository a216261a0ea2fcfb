import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.verdict import SEVERITY, Limits, Rate, Verdict, escape_rate, judge_part, judge_score, overkill_rate

scores = st.floats(0, 1)


@given(scores, scores)
def test_a_score_fails_exactly_when_it_is_over_the_threshold(score: float, threshold: float) -> None:
    assert (judge_score(score, Limits(threshold)) is Verdict.FAIL) == (score > threshold)


@given(scores, scores, st.tuples(scores, scores).map(sorted))
def test_a_higher_score_is_never_judged_milder_above_the_band(
    score: float, threshold: float, band: list[float]
) -> None:
    limits = Limits(threshold, (band[0], max(band[1], threshold)))
    higher = min(1.0, score + 0.1)
    assert SEVERITY[judge_score(higher, limits)] >= SEVERITY[judge_score(score, limits)]


def test_both_ends_of_the_band_are_doubtful() -> None:
    limits = Limits(0.8, (0.4, 0.8))
    verdicts = [judge_score(score, limits) for score in (0.39, 0.4, 0.8, 0.81)]
    assert verdicts == [Verdict.PASS, Verdict.REVIEW, Verdict.REVIEW, Verdict.FAIL]


def test_a_score_that_is_no_number_is_looked_at() -> None:
    assert judge_score(math.nan, Limits(0.5)) is Verdict.REVIEW


@pytest.mark.parametrize(("threshold", "band"), [(1.5, None), (-0.1, None), (0.5, (0.4, 0.3)), (0.5, (0.4, 1.1))])
def test_limits_outside_the_scores_are_refused(threshold: float, band: tuple[float, float] | None) -> None:
    with pytest.raises(ValueError, match="Received"):
        Limits(threshold, band)


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1))
def test_the_worst_head_decides(verdicts: list[Verdict]) -> None:
    part = judge_part(verdicts)
    assert part in verdicts
    assert all(SEVERITY[part] >= SEVERITY[verdict] for verdict in verdicts)


def test_a_part_that_no_head_judges_is_looked_at() -> None:
    assert judge_part([]) is Verdict.REVIEW


def test_escape_and_overkill_count_different_parts() -> None:
    defective = [True, True, True, False, False]
    verdicts = [Verdict.PASS, Verdict.REVIEW, Verdict.FAIL, Verdict.FAIL, Verdict.PASS]
    assert escape_rate(defective, verdicts) == Rate(1, 3)
    assert overkill_rate(defective, verdicts) == Rate(1, 2)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_interval_holds_the_rate_and_stays_in_bounds(count: int, total: int) -> None:
    rate = Rate(min(count, total), total)
    low, high = rate.interval
    assert 0 <= low <= rate.value + 1e-12
    assert rate.value - 1e-12 <= high <= 1


def test_no_escape_among_few_defects_proves_little() -> None:
    # Wilson's interval for 0 of 10, by hand: z^2 / (n + z^2)
    assert Rate(0, 10).interval[1] == pytest.approx(3.8415 / 13.8415, abs=1e-4)
    assert str(Rate(0, 10)).startswith("0.0% (0 of 10")


def test_no_parts_give_no_rate() -> None:
    rate = escape_rate([], [])
    assert math.isnan(rate.value)
    assert rate.interval == (0.0, 1.0)
    assert str(rate) == "no parts"
