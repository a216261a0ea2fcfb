"""Metrics and thresholds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.training import metrics
from aoi_modules.training.metrics import Labels, Scores

PARTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=50)


def arrays(parts: list[tuple[int, bool]]) -> tuple[Scores, Labels]:
    return np.array([score / 20 for score, _ in parts], np.float32), np.array([bad for _, bad in parts], np.int64)


@given(PARTS)
def test_auroc_is_the_share_of_pairs_in_order(parts: list[tuple[int, bool]]) -> None:
    bad = [score for score, defective in parts if defective]
    good = [score for score, defective in parts if not defective]
    found = metrics.auroc(*arrays(parts))
    if not bad or not good:
        assert math.isnan(found)
        return
    pairs = [(b > g) + (b == g) / 2 for b in bad for g in good]
    assert found == pytest.approx(sum(pairs) / len(pairs))


@given(PARTS, st.sampled_from([0.0, 0.05, 0.1, 0.5, 0.9]))
def test_the_threshold_keeps_the_target_and_no_higher_one_does(parts: list[tuple[int, bool]], target: float) -> None:
    scores, labels = arrays([*parts, (10, True)])
    threshold = metrics.threshold_for(scores, labels, target)
    assert 0.0 <= threshold <= 1.0
    escape, _ = metrics.rates(scores, labels, threshold)
    uncatchable = float(np.mean(scores[labels == 1] == 0))  # no threshold in [0, 1] lies under a score of 0
    assert escape.value <= max(target, uncatchable) + 1e-9
    higher = min((float(score) for score in scores if score > threshold), default=None)
    if higher is not None and any(labels[scores == np.float32(higher)]):
        assert metrics.rates(scores, labels, higher)[0].value > target


def test_a_known_case() -> None:
    scores = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], np.float32)
    labels = np.array([0, 0, 1, 0, 1, 1], np.int64)
    assert metrics.threshold_for(scores, labels, 0.0) == pytest.approx(0.3)
    assert metrics.threshold_for(scores, labels, 0.34) == pytest.approx(0.7)
    escape, overkill = metrics.rates(scores, labels, 0.7)
    assert (escape.count, escape.total) == (1, 3)
    assert (overkill.count, overkill.total) == (0, 3)
    assert metrics.auroc(scores, labels) == pytest.approx(8 / 9)


def test_a_threshold_needs_defects_and_a_share() -> None:
    with pytest.raises(ModelError, match="with defects"):
        metrics.threshold_for(np.array([0.5], np.float32), np.array([0], np.int64), 0.05)
    with pytest.raises(ModelError, match="escape_target"):
        metrics.threshold_for(np.array([0.5], np.float32), np.array([1], np.int64), 1.0)


def test_accuracy_and_confusion() -> None:
    probabilities = np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.6, 0.4, 0.0]], np.float32)
    labels = np.array([0, 1, 1], np.int64)
    assert metrics.accuracy(probabilities, labels) == pytest.approx(2 / 3)
    assert metrics.confusion(probabilities, labels).tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert math.isnan(metrics.accuracy(probabilities[:0], labels[:0]))
