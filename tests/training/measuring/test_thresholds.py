"""Thresholds, and what few defects allow to say about them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring import metrics, thresholds
from aoi_modules.training.measuring.metrics import Labels, Scores
from aoi_modules.verdict import Rate

PARTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=50)
SCORES = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], np.float32)
LABELS = np.array([0, 0, 1, 0, 1, 1], np.int64)


def arrays(parts: list[tuple[int, bool]]) -> tuple[Scores, Labels]:
    return np.array([score / 20 for score, _ in parts], np.float32), np.array([bad for _, bad in parts], np.int64)


def drawn(defective: int, good: int, seed: int) -> tuple[Scores, Labels]:
    """Overlapping scores of which the law is known: defective ones have density 2x, good ones 2 - 2x, on [0, 1]."""
    random = np.random.default_rng(seed)
    scores = np.concatenate([np.sqrt(random.random(defective)), 1 - np.sqrt(random.random(good))])
    return scores.astype(np.float32), np.repeat(np.array([1, 0], np.int64), [defective, good])


@given(PARTS, st.sampled_from([0.0, 0.05, 0.1, 0.5, 0.9]))
def test_the_threshold_keeps_the_target_and_no_higher_one_does(parts: list[tuple[int, bool]], target: float) -> None:
    scores, labels = arrays([*parts, (10, True)])
    threshold = thresholds.threshold_for(scores, labels, target)
    assert 0.0 <= threshold <= 1.0
    escape, _ = metrics.rates(scores, labels, threshold)
    uncatchable = float(np.mean(scores[labels == 1] == 0))  # no threshold in [0, 1] lies under a score of 0
    assert escape.value <= max(target, uncatchable) + 1e-9
    higher = min((float(score) for score in scores if score > threshold), default=None)
    if higher is not None and any(labels[scores == np.float32(higher)]):
        assert metrics.rates(scores, labels, higher)[0].value > target


def test_a_known_case() -> None:
    assert thresholds.threshold_for(SCORES, LABELS, 0.0) == pytest.approx(0.3)
    assert thresholds.threshold_for(SCORES, LABELS, 0.34) == pytest.approx(0.7)
    escape, overkill = metrics.rates(SCORES, LABELS, 0.7)
    assert (escape.count, escape.total) == (1, 3)
    assert (overkill.count, overkill.total) == (0, 3)
    assert thresholds.overkill_at_escape(SCORES, LABELS, 0.0) == Rate(1, 3)
    assert thresholds.overkill_at_escape(SCORES, LABELS, 0.34) == Rate(0, 3)


def test_a_defect_that_scores_nothing_is_caught_by_no_threshold() -> None:
    scores, labels = np.array([0.0, 0.0, 0.5], np.float32), np.array([1, 0, 0], np.int64)
    assert thresholds.threshold_for(scores, labels, 0.0) == 0.0
    assert metrics.rates(scores, labels, 0.0)[0] == Rate(1, 1)


def test_a_threshold_needs_defects_and_a_share() -> None:
    with pytest.raises(ModelError, match="with defects"):
        thresholds.threshold_for(np.array([0.5], np.float32), np.array([0], np.int64), 0.05)
    with pytest.raises(ModelError, match="escape_target"):
        thresholds.threshold_for(np.array([0.5], np.float32), np.array([1], np.int64), 1.0)


def test_rows_without_weight_are_left_out() -> None:
    weights = np.array([1, 1, 0, 1, 1, 1], np.float32)
    kept = weights > 0
    assert thresholds.threshold_for(SCORES, LABELS, 0.0, weights) == pytest.approx(0.7)
    assert thresholds.choose(SCORES, LABELS, 0.0, weights) == thresholds.choose(SCORES[kept], LABELS[kept], 0.0)
    assert thresholds.overkill_at_escape(SCORES, LABELS, 0.0, weights) == Rate(0, 3)


@given(st.integers(0, 60), st.integers(1, 60))
@settings(deadline=None, max_examples=50)
def test_the_exact_interval_is_that_of_scipy(count: int, total: int) -> None:
    rate = Rate(min(count, total), total)
    theirs = binomtest(rate.count, rate.total).proportion_ci(0.95, method="exact")
    assert thresholds.exact_interval(rate) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_no_parts_say_nothing() -> None:
    assert thresholds.exact_interval(Rate(0, 0)) == (0.0, 1.0)


@pytest.mark.parametrize(("target", "defective"), [(0.02, 60), (0.1, 40), (0.3, 25)])
def test_the_intervals_hold_what_they_promise(target: float, defective: int) -> None:
    """The law of the scores is known, so it can be counted how often the 95% intervals are right."""
    truth = math.sqrt(target)  # the quantile of density 2x
    right = {"threshold": 0, "escape": 0, "overkill": 0}
    for seed in range(200):
        choice = thresholds.choose(*drawn(defective, 100, seed), target)
        right["threshold"] += choice.interval[0] <= truth <= choice.interval[1]
        right["escape"] += choice.escape_interval[0] <= choice.threshold**2 <= choice.escape_interval[1]
        # P(good score > t), the good scores have density 2 - 2x
        right["overkill"] += choice.overkill_interval[0] <= (1 - choice.threshold) ** 2 <= choice.overkill_interval[1]
    assert min(right.values()) >= 0.93 * 200, right


@given(PARTS, st.sampled_from([0.0, 0.02, 0.1, 0.5, 0.9]))
@settings(deadline=None, max_examples=50)
def test_the_chosen_threshold_lies_in_its_interval(parts: list[tuple[int, bool]], target: float) -> None:
    scores, labels = arrays([*parts, (10, True)])
    choice = thresholds.choose(scores, labels, target)
    assert choice.interval[0] <= choice.threshold <= choice.interval[1]
    assert choice.escape_interval[0] <= choice.escape.value <= choice.escape_interval[1]


def test_a_choice_is_a_sentence() -> None:
    text = str(thresholds.choose(*drawn(50, 200, 0), 0.02))
    assert text.startswith("threshold 0.")
    assert "chosen on 50 defective pictures for 2.0% escapes" in text
    assert "to be expected: escapes 0.1% to 10.6%" in text


def test_a_threshold_on_good_parts_lets_so_many_of_them_fail() -> None:
    scores = np.linspace(0.01, 0.4, 40, dtype=np.float32)
    labels = np.zeros(40, np.int64)
    choice = thresholds.choose_on_good(scores, labels, 0.05)
    assert choice.overkill == Rate(2, 40)
    assert scores[37] < choice.threshold < scores[38]
    assert choice.interval[0] <= choice.threshold <= choice.interval[1]
    assert choice.escape.total == 0
    assert choice.escape_interval == (0.0, 1.0)
    assert "chosen on 40 good pictures for 5.0% overkill" in str(choice)


def test_where_no_good_part_may_fail_the_highest_score_is_the_threshold() -> None:
    scores, labels = np.array([0.2, 0.1, 0.5, 0.9], np.float32), np.array([0, 0, 0, 1])
    choice = thresholds.choose_on_good(scores, labels, 0.1)
    assert choice.threshold == 0.5
    assert choice.overkill == Rate(0, 3), "defective parts are not looked at"


@pytest.mark.parametrize(("labels", "target"), [([1, 1], 0.1), ([0, 0], 1.0)])
def test_a_threshold_on_good_parts_needs_some_and_a_share(labels: list[int], target: float) -> None:
    with pytest.raises(ModelError, match=r"expected good validation pictures|expected a share"):
        thresholds.choose_on_good(np.array([0.2, 0.3], np.float32), np.array(labels), target)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60), st.floats(0, 0.99))
def test_never_more_good_parts_fail_than_asked_for(values: list[float], target: float) -> None:
    scores = np.array(values, np.float32)
    choice = thresholds.choose_on_good(scores, np.zeros(len(scores), np.int64), target)
    assert choice.overkill.count <= target * len(scores) + 1e-6
    assert 0 <= choice.interval[0] <= choice.threshold <= choice.interval[1] <= 1


@pytest.mark.parametrize(
    ("defective", "target", "said"),
    [
        (1, 0.02, "1 defective validation picture cannot promise 2% escapes: at least 50 are needed"),
        (49, 0.02, "49 defective validation pictures cannot promise 2% escapes: at least 50 are needed"),
        (50, 0.02, ""),
        (9, 0.1, "9 defective validation pictures cannot promise 10% escapes: at least 10 are needed"),
        (10, 0.1, ""),
        (100, 0.005, "100 defective validation pictures cannot promise 0.5% escapes: at least 200 are needed"),
        (100, 0.0, "no number of pictures can promise that nothing escapes; from 100 defective validation pictures"),
    ],
)
def test_too_few_defective_pictures_for_an_escape_rate_are_said(defective: int, target: float, said: str) -> None:
    found = thresholds.shortage(thresholds.choose(*drawn(defective, 50, seed=1), target))
    assert found.startswith(said)
    assert bool(found) == bool(said)
    if found:
        assert "parts to come may escape at up to" in found
