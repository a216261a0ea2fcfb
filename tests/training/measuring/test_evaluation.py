"""Evaluation of heads."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.datasets.table import Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.measuring.evaluation import Evaluation, choice_of, evaluate, measure, scores, summary
from tests.training.small import DEFECT, PICTURE, SIDES, split

PRICE = Head(name="price", kind="value", labels=())


def brightness_of_the_right() -> keras.Model:
    """A model that sees the squares of `small` perfectly: the mean of the right half, as a score."""
    image = keras.Input((32, 32, 3), name="image")
    right = keras.layers.GlobalAveragePooling2D()(image[:, :, 16:, :1])
    return keras.Model(image, {"defect": keras.layers.Rescaling(1 / 255)(right)})


def test_scores_come_in_the_order_of_the_table() -> None:
    test = split().test
    found = scores(brightness_of_the_right(), test, PICTURE)
    expected = np.asarray(test.pictures, np.float32)[:, :, 16:, 0].mean(axis=(1, 2)) / 255
    assert list(found) == ["defect"]
    assert np.allclose(found["defect"][:, 0], expected, atol=1e-5)


def test_a_perfect_model_has_perfect_figures() -> None:
    (found,) = evaluate(brightness_of_the_right(), [DEFECT], split(), PICTURE, escape_target=0.0)
    expected = {"auroc": 1.0, "average_precision": 1.0, "escape_rate": 0.0, "overkill_rate": 0.0}
    assert expected.items() <= found.head.metrics.items()
    assert found.head.metrics["escape_rate_high"] > 0.05  # twenty defective parts promise little
    assert found.head.threshold is not None
    assert 0 < found.head.threshold < 1
    assert found.escape is not None
    assert found.escape.total == 20


def test_things_never_seen_are_measured_apart_at_the_same_threshold() -> None:
    tables = replace(split(), unseen=split().test.take(range(10)))
    (found,) = evaluate(brightness_of_the_right(), [DEFECT], tables, PICTURE, escape_target=0.0)
    assert found.head.metrics["unseen_auroc"] == 1.0
    assert found.escape is not None
    assert found.escape.total == 20


def test_a_class_head_is_measured_by_label() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], np.float32)
    found = measure(SIDES, probabilities, Target("side", np.array([0, 0, 1, 1]), SIDES.labels))
    assert {"accuracy": 0.75, "lowest_recall": 0.5, "mean_recall": 0.75}.items() <= found.head.metrics.items()
    assert found.head.threshold is None
    assert found.confusion is not None
    assert found.confusion.tolist() == [[2, 0], [1, 1]]


def test_a_value_head_is_measured_by_its_error() -> None:
    truth = Target("price", np.array([100, 200, 400], np.float32))
    found = measure(PRICE, np.array([[110], [200], [300]], np.float32), truth)
    assert found.head.metrics == pytest.approx({"median_percentage_error": 0.1, "mean_absolute_error": 110 / 3})


def test_rows_that_do_not_count_are_left_out() -> None:
    target = Target("defect", np.array([0, 1, 0, 1]), DEFECT.labels, np.array([1, 1, 0, 0], np.float32))
    answers = np.array([[0.1], [0.9], [0.99], [0.0]], np.float32)
    found = measure(DEFECT, answers, target, choice_of(DEFECT, answers, target, 0.0))
    assert found.head.metrics["auroc"] == 1.0
    assert found.rows.tolist() == [0, 1]


def test_what_cannot_be_measured_is_left_out() -> None:
    answers = np.array([[0.2], [0.9]], np.float32)
    choice = choice_of(DEFECT, answers, Target("defect", np.array([0, 1]), DEFECT.labels), 0.0)
    found = measure(DEFECT, answers, Target("defect", np.array([0, 0]), DEFECT.labels), choice)
    assert found.head.metrics["overkill_rate"] == 0.5
    assert not {"auroc", "escape_rate", "overkill_at_escape"} & set(found.head.metrics)


def test_several_heads_are_summed_up_by_name() -> None:
    def one(name: str, auroc: float) -> Evaluation:
        head = Head(name=name, kind="defect", labels=("good", name), metrics={"auroc": auroc})
        return Evaluation(head, np.zeros((0, 1), np.float32), np.zeros(0, np.int64), np.zeros(0, np.int64))

    assert summary([one("open", 0.8)]) == {"auroc": 0.8}
    found = summary([one("open", 0.8), one("short", 1.0)])
    assert found == pytest.approx({"open_auroc": 0.8, "short_auroc": 1.0, "mean_auroc": 0.9})
