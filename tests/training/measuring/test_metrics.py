"""Figures of answers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_fscore_support

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.metrics import Labels, Scores
from aoi_modules.verdict import Rate

PARTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=50)
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.6, 0.4, 0.0]], np.float32)
LABELS = np.array([0, 1, 1], np.int64)


def arrays(parts: list[tuple[int, bool]]) -> tuple[Scores, Labels]:
    return np.array([score / 20 for score, _ in parts], np.float32), np.array([bad for _, bad in parts], np.int64)


@given(PARTS)
@settings(deadline=None, max_examples=50)
def test_auroc_is_the_share_of_pairs_in_order(parts: list[tuple[int, bool]]) -> None:
    bad = [score for score, defective in parts if defective]
    good = [score for score, defective in parts if not defective]
    found = metrics.auroc(*arrays(parts))
    if not bad or not good:
        assert math.isnan(found)
        return
    pairs = [(b > g) + (b == g) / 2 for b in bad for g in good]
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_average_precision_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    labels = np.array([1, 0, 1, 0], np.int64)
    assert metrics.average_precision(scores, labels) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert math.isnan(metrics.average_precision(scores, np.zeros(4, np.int64)))


def test_accuracy_and_confusion() -> None:
    assert metrics.accuracy(PROBABILITIES, LABELS) == pytest.approx(2 / 3)
    assert metrics.confusion(PROBABILITIES, LABELS).tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert math.isnan(metrics.accuracy(PROBABILITIES[:0], LABELS[:0]))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
@settings(deadline=None, max_examples=50)
def test_precision_recall_and_f1_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth = np.array([there for there, _ in pairs], np.int64)
    said = np.array([given for _, given in pairs], np.int64)
    counts = metrics.confusion(np.eye(4, dtype=np.float32)[said], truth)
    theirs = precision_recall_fscore_support(truth, said, labels=range(4), zero_division=0)
    for ours, their in zip(
        (metrics.precision(counts), metrics.recall(counts), metrics.f1(counts)), theirs, strict=False
    ):
        assert np.nan_to_num(ours) == pytest.approx(their)


def test_a_label_that_is_never_given_counts_and_one_that_is_not_there_does_not() -> None:
    counts = np.array([[4, 0, 0], [1, 0, 0], [0, 0, 0]], np.int64)
    assert metrics.precision(counts)[:2].tolist() == [0.8, 0.0]
    assert metrics.recall(counts)[:2].tolist() == [1.0, 0.0]
    assert np.isnan([metrics.precision(counts)[2], metrics.recall(counts)[2], metrics.f1(counts)[2]]).all()
    assert metrics.mean_of_labels(metrics.recall(counts)) == 0.5
    assert math.isnan(metrics.mean_of_labels(np.array([math.nan])))


def test_rows_without_weight_change_nothing() -> None:
    scores = np.array([0.1, 0.9, 0.4, 0.8], np.float32)
    labels = np.array([0, 1, 1, 0], np.int64)
    weights = np.array([1, 2.5, 1, 0], np.float32)
    for figure in (metrics.auroc, metrics.average_precision, metrics.expected_calibration_error):
        assert figure(scores, labels, weights) == figure(scores[:3], labels[:3])
    assert metrics.rates(scores, labels, 0.5, weights) == (Rate(1, 2), Rate(0, 1))
    assert metrics.accuracy(PROBABILITIES, LABELS, np.array([1, 1, 0], np.float32)) == 1.0
    assert metrics.mean_absolute_error(scores, labels.astype(np.float32), weights) == pytest.approx(0.8 / 3)


def test_broken_answers_are_refused_with_their_number() -> None:
    with pytest.raises(ModelError, match=r"Received: 1 of 2.*\n.*learning rate"):
        metrics.auroc(np.array([0.1, math.nan], np.float32), np.array([0, 1], np.int64))
    with pytest.raises(ModelError, match=r"\(2, 1, 2\)"):
        metrics.mean_absolute_error(np.zeros(2, np.float32), np.zeros(1, np.float32))


def test_a_row_that_is_left_out_may_be_broken() -> None:
    scores = np.array([0.0, math.nan], np.float32)
    assert metrics.mean_absolute_error(scores, np.array([0, 1], np.float32), np.array([1, 0], np.float32)) == 0.0


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=60))
@settings(deadline=None, max_examples=50)
def test_calibration_bins_hold_every_row_once(rows: list[tuple[float, bool]]) -> None:
    claimed = np.array([claim for claim, _ in rows], np.float32)
    happened = np.array([event for _, event in rows], np.int64)
    means, shares, counts = metrics.calibration_bins(claimed, happened)
    assert counts.sum() == len(rows)
    assert np.nansum(shares * counts) == pytest.approx(happened.sum())
    assert np.nansum(means * counts) == pytest.approx(claimed.sum(), rel=1e-5, abs=1e-6)
    assert np.isnan(means).tolist() == (counts == 0).tolist()
    assert 0 <= metrics.expected_calibration_error(claimed, happened) <= 1


def test_calibration_agrees_with_scikit_learn() -> None:
    random = np.random.default_rng(1)
    claimed = random.random(500).astype(np.float32)
    happened = (random.random(500) < claimed**2).astype(np.int64)
    means, shares, _ = metrics.calibration_bins(claimed, happened)
    their_shares, their_means = calibration_curve(happened, claimed, n_bins=metrics.BINS)
    assert means == pytest.approx(their_means)
    assert shares == pytest.approx(their_shares)


def test_a_head_that_is_always_sure_and_half_right_is_off_by_half() -> None:
    probabilities = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    claimed, happened = metrics.confidence(probabilities, np.array([0, 1, 1, 0], np.int64))
    assert metrics.expected_calibration_error(claimed, happened) == 0.5
    assert math.isnan(metrics.expected_calibration_error(claimed[:0], happened[:0]))


def test_errors_of_quantities() -> None:
    answers = np.array([110, 190, 3000, 5], np.float32)
    truth = np.array([100, 200, 300, 0], np.float32)
    assert metrics.median_absolute_percentage_error(answers, truth) == pytest.approx(0.1)
    assert metrics.mean_absolute_error(answers, truth) == pytest.approx((10 + 10 + 2700 + 5) / 4)
    assert math.isnan(metrics.median_absolute_percentage_error(answers[3:], truth[3:]))
    assert math.isnan(metrics.mean_absolute_error(answers[:0], truth[:0]))


def test_a_rate_becomes_three_figures_and_none_without_parts() -> None:
    figures = metrics.with_interval("escape_rate", Rate(0, 10))
    assert list(figures) == ["escape_rate", "escape_rate_low", "escape_rate_high"]
    assert figures["escape_rate_high"] == pytest.approx(0.2775, abs=1e-4)
    assert metrics.with_interval("escape_rate", Rate(0, 0)) == {}
