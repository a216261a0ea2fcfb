"""Curves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring import curves, metrics
from aoi_modules.training.measuring.metrics import Labels, Scores

SCORES = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], np.float32)
LABELS = np.array([0, 0, 1, 0, 1, 1], np.int64)
BOTH = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), max_size=30)


def arrays(parts: list[tuple[float, bool]]) -> tuple[Scores, Labels]:
    """The parts, and one of each kind."""
    parts = [*parts, (0.25, True), (0.75, False)]
    return np.array([score for score, _ in parts], np.float32), np.array([bad for _, bad in parts], np.int64)


@given(BOTH)
@settings(deadline=None, max_examples=50)
def test_overkill_over_escape_is_what_the_verdicts_give_at_every_threshold(parts: list[tuple[float, bool]]) -> None:
    scores, labels = arrays(parts)
    curve = curves.overkill_over_escape(scores, labels)
    for threshold, escape, overkill in zip(curve.thresholds, curve.escape, curve.overkill, strict=True):
        found = metrics.rates(scores, labels, float(threshold))
        assert (found[0].value, found[1].value) == (escape, overkill)
    assert (np.diff(curve.escape) >= 0).all()
    assert (np.diff(curve.overkill) <= 0).all()
    assert (curve.escape[-1], curve.overkill[-1]) == (1.0, 0.0)
    assert (curve.defective, curve.good) == (labels.sum(), len(labels) - labels.sum())


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=30))
def test_cuts_tell_all_scores_apart_and_lie_on_none_but_the_last(values: list[float]) -> None:
    scores = np.array(values, np.float32)
    thresholds = curves.cuts(scores)
    assert (np.diff(thresholds) > 0).all()
    assert 0 <= thresholds.min() <= thresholds.max() == scores.max()
    failed = [frozenset(np.flatnonzero(scores > threshold)) for threshold in thresholds]
    assert len(set(failed)) == len(thresholds) == len(set(values) - {0.0}) + 1


def test_cuts_of_numbers_next_to_each_other() -> None:
    low = np.float64(0.5)
    scores = np.array([low, np.nextafter(low, 1)])
    assert curves.cuts(scores).tolist() == [0.25, 0.5, scores[1]]


def test_a_known_roc() -> None:
    curve = curves.roc(SCORES, LABELS)
    assert curve.overkill.tolist() == pytest.approx([0, 0, 0, 1 / 3, 1 / 3, 1])
    assert curve.caught.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1, 1])
    assert curve.area == pytest.approx(8 / 9)
    assert np.trapezoid(curve.caught, curve.overkill) == pytest.approx(curve.area)


def test_a_known_precision_recall_curve() -> None:
    curve = curves.precision_recall(SCORES, LABELS)
    assert curve.defect_share == 0.5
    assert (curve.recall[0], curve.precision[0]) == (1.0, 0.5)
    assert (curve.recall[-1], curve.precision[-1]) == (0.0, 1.0)
    assert curve.average == metrics.average_precision(SCORES, LABELS)


def test_calibration_counts_and_error() -> None:
    curve = curves.calibration(SCORES, LABELS, bins=2)
    assert curve.counts.tolist() == [3, 3]
    assert curve.claimed.tolist() == pytest.approx([0.7 / 3, 2.3 / 3])
    assert curve.happened.tolist() == pytest.approx([1 / 3, 2 / 3])
    assert curve.error == pytest.approx(0.1)


def test_rows_without_weight_are_left_out() -> None:
    weights = np.array([1, 1, 1, 0, 1, 1], np.float32)
    assert curves.roc(SCORES, LABELS, weights).area == 1.0
    assert curves.precision_recall(SCORES, LABELS, weights).defect_share == pytest.approx(0.6)
    assert curves.calibration(SCORES, LABELS, weights).counts.sum() == 5
    assert curves.overkill_over_escape(SCORES, LABELS, weights).good == 2


@pytest.mark.parametrize("labels", [[0, 0], [1, 1], [0, 2]])
def test_curves_need_good_and_defective_parts(labels: list[int]) -> None:
    with pytest.raises(ModelError, match="both kinds"):
        curves.roc(np.array([0.1, 0.2], np.float32), np.array(labels, np.int64))
    with pytest.raises(ModelError, match="no parts"):
        curves.overkill_over_escape(SCORES[:0], LABELS[:0])
