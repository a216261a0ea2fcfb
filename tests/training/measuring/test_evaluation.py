"""Evaluation of heads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets.table import Target
from aoi_modules.errors import ModelError, NotAPicture
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.measuring.evaluation import Evaluation, choice_of, evaluate, judged, measure, scores, summary
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


def test_a_test_picture_that_vanished_is_named(tmp_path: Path) -> None:
    test = split().test
    files = tuple(tmp_path / f"{row}.png" for row in range(len(test)))
    for row, file in enumerate(files[:-1]):
        file.write_bytes(test.encoded(row))
    with pytest.raises(NotAPicture, match=r"39.png: cannot be read: No such file or directory$"):
        scores(brightness_of_the_right(), replace(test, pictures=files), PICTURE)


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


def test_a_class_head_with_good_labels_gets_a_threshold_on_validation_and_its_verdicts_are_measured() -> None:
    head = Head(name="kind", kind="class", labels=("front", "back", "crack"), good=("front", "back"))
    truth = Target("kind", np.array([0, 1, 2, 2]), head.labels, good=head.good)
    tried = np.array([[0.9, 0.1, 0.0], [0.1, 0.6, 0.3], [0.1, 0.2, 0.7], [0.3, 0.2, 0.5]], np.float32)
    choice = choice_of(head, tried, truth, 0.0)
    assert choice.threshold == pytest.approx(0.4)
    tested = np.array([[0.5, 0.0, 0.5], [0.0, 0.9, 0.1], [0.9, 0.0, 0.1], [0.2, 0.0, 0.8]], np.float32)
    found = measure(head, tested, truth, choice)
    assert (found.head.threshold, found.head.good) == (choice.threshold, head.good)
    expected = {"escape_rate": 0.5, "overkill_rate": 0.5, "auroc": 0.625, "accuracy": 0.75}
    assert expected.items() <= found.head.metrics.items()
    values, defective = found.judged
    assert values == pytest.approx(np.array([0.5, 0.1, 0.1, 0.8]))
    assert defective.tolist() == [0, 0, 1, 1]
    assert found.confusion is not None


def test_a_head_that_judges_needs_a_choice() -> None:
    head = Head(name="kind", kind="class", labels=("a", "b"), good=("a",))
    with pytest.raises(ModelError, match="the class head kind needs a threshold"):
        measure(head, np.array([[0.5, 0.5]], np.float32), Target("kind", np.array([0]), head.labels))


def test_scores_that_rounding_puts_under_zero_are_zero() -> None:
    head = Head(name="kind", kind="class", labels=("a", "b", "c"), good=("a", "b"))
    values, _ = judged(head, np.array([[0.7, 0.3000001, 0.0]], np.float32), np.array([2]))
    assert values.tolist() == [0.0]


def test_a_share_of_right_labels_has_its_interval() -> None:
    truth = Target("side", np.zeros(8, np.int64), SIDES.labels)
    metrics = measure(SIDES, np.array([[0.9, 0.1]] * 8, np.float32), truth).head.metrics
    assert metrics["accuracy_low"] < 0.7 < metrics["accuracy"] == metrics["accuracy_high"] == 1.0


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
