"""Drawn garments."""

import numpy as np

from aoi_modules.datasets.fashion_mnist import stand_in


def test_the_same_seed_draws_the_same() -> None:
    first, labels = stand_in.draw(40, 3)
    assert first.shape == (40, 28, 28, 1)
    assert first.dtype == np.uint8
    assert np.bincount(labels).tolist() == [4] * 10
    assert np.array_equal(first, stand_in.draw(40, 3)[0])
    assert not np.array_equal(first, stand_in.draw(40, 4)[0])


def test_shapes_can_be_told_apart_but_not_at_a_glance() -> None:
    """The mean picture of each class, taken as a classifier, does far better than chance and far from perfect."""
    train, train_labels = stand_in.draw(1000, 1)
    test, labels = stand_in.draw(500, 2)
    means = np.stack([train[train_labels == k].mean(axis=0) for k in range(10)])  # (10, 28, 28, 1)
    distance = np.square(test[:, np.newaxis].astype(np.float64) - means).sum(axis=(2, 3, 4))  # (500, 10)
    assert 0.4 < np.mean(distance.argmin(axis=1) == labels) < 0.95
