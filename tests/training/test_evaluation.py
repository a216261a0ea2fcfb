"""Evaluation of heads."""

import keras
import numpy as np
import pytest

from aoi_modules.training.evaluation import evaluate, evaluate_class, evaluate_defect, scores
from aoi_modules.training.heads import named
from tests.training.small import DEFECT, PICTURE, SIDES, split


def brightness_of_the_right() -> keras.Model:
    """A model that sees the squares of `small` perfectly: the mean of the right half, as a score."""
    image = keras.Input((32, 32, 3), name="image")
    right = keras.layers.GlobalAveragePooling2D()(image[:, :, 16:, :1])
    return named(keras.Model(image, keras.layers.Rescaling(1 / 255)(right)), DEFECT)


def test_scores_come_in_the_order_of_the_table() -> None:
    test = split().test
    found = scores(brightness_of_the_right(), test, PICTURE)
    expected = np.asarray(test.pictures, np.float32)[:, :, 16:, 0].mean(axis=(1, 2)) / 255
    assert list(found) == ["defect"]
    assert np.allclose(found["defect"][:, 0], expected, atol=1e-5)


def test_a_perfect_model_has_perfect_figures() -> None:
    tables = split()
    found = evaluate(brightness_of_the_right(), DEFECT, tables.validation, tables.test, PICTURE, escape_target=0.0)
    assert found.head.metrics == {"auroc": 1.0, "escape_rate": 0.0, "overkill_rate": 0.0}
    assert found.head.threshold is not None
    assert 0 < found.head.threshold < 1
    assert found.escape is not None
    assert found.escape.total == 20


def test_a_class_head_is_measured_by_label() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], np.float32)
    found = evaluate_class(SIDES, probabilities, np.array([0, 0, 1, 1], np.int64))
    assert found.head.metrics == {"accuracy": 0.75, "lowest_recall": 0.5}
    assert found.head.threshold is None
    assert found.confusion is not None
    assert found.confusion.tolist() == [[2, 0], [1, 1]]


def test_what_cannot_be_measured_is_left_out() -> None:
    found = evaluate_defect(DEFECT, np.array([[0.2], [0.9]], np.float32), np.array([0, 0], np.int64), 0.5)
    assert found.head.metrics == pytest.approx({"overkill_rate": 0.5})
