"""Rare labels."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.table import Target
from aoi_modules.training.fitting.imbalance import balanced, balanced_weights, oversampled
from tests.training.small import table

LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=60).map(lambda values: np.array(values, np.int64))


@given(LABELS)
def test_weights_make_every_label_count_the_same(labels: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    weights = balanced_weights(Target("kind", labels, ("a", "b", "c", "d"))).weights
    assert weights is not None
    totals = [weights[labels == label].sum() for label in np.unique(labels)]
    assert np.allclose(totals, totals[0], rtol=1e-4)
    assert np.isclose(weights.mean(), 1, rtol=1e-4)


def test_rows_that_do_not_count_stay_out() -> None:
    target = Target("kind", np.array([0, 0, 1]), ("a", "b"), np.array([0, 1, 1], np.float32))
    weights = balanced_weights(target).weights
    assert weights is not None
    assert weights.tolist() == [0, 1, 1]


def test_a_quantity_has_no_labels_to_balance() -> None:
    rows = table(4, 0)
    price = Target("price", np.array([1, 2, 3, 4], np.float32))
    assert balanced(replace(rows, targets=(price,))).main.weights is None


@given(LABELS, st.integers(0, 5))
def test_oversampling_shows_every_label_as_often_and_every_row_at_least_once(
    labels: np.ndarray[tuple[int], np.dtype[np.int64]], seed: int
) -> None:
    rows = oversampled(labels, seed=seed)
    assert len(set(Counter(labels[rows].tolist()).values())) == 1
    assert set(rows.tolist()) == set(range(len(labels)))
    seen = Counter(rows.tolist())
    for label in np.unique(labels):
        counts = [seen[row] for row in np.flatnonzero(labels == label)]
        assert max(counts) - min(counts) <= 1
