"""Lesson 4: right answers pass in every form that Keras takes, typical mistakes get the hint that fits them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.tf import keras
from aoi_modules.training.measuring import thresholds
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

LOSSES, ops = keras.losses, keras.ops
RIGHT = {"category": "sparse_categorical_crossentropy", "defect": "binary_crossentropy", "price": "msle"}
BEST = {"monitor": "val_auroc", "mode": "max", "patience": 3, "restore_best_weights": True}
COUNTS = {"found": [2, 0, 1, 0], "defective": [2, 0, 4, 1]}
RANDOM = np.random.default_rng(0)
LABELS = (np.arange(400) % 4 == 0).astype(np.int64)
SCORES = np.clip(0.3 + 0.4 * LABELS + RANDOM.normal(0, 0.1, 400), 0, 1).astype(np.float32)
LOADED = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
THRESHOLD = thresholds.threshold_for(SCORES, LABELS, 0.02)


def stopping(**changes: Any) -> keras.callbacks.EarlyStopping:
    return keras.callbacks.EarlyStopping(**{**BEST, **changes})


class OwnStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]  # Keras has no annotations
    """As a reader may extend it."""


def compiled() -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("adam", "binary_crossentropy")
    return model


def counted(values: Any) -> Any:
    return ops.sum(ops.round(ops.clip(values, 0, 1)))


def precision(y_true: Any, y_pred: Any) -> Any:
    y_true = ops.reshape(y_true, ops.shape(y_pred))
    return counted(y_true * y_pred) / (counted(y_pred) + keras.config.epsilon())


def recall(y_true: Any, y_pred: Any) -> Any:
    y_true = ops.reshape(y_true, ops.shape(y_pred))
    return counted(y_true * y_pred) / (counted(y_true) + keras.config.epsilon())


def flat_recall(y_true: Any, y_pred: Any) -> Any:
    """Another right form: flat shapes, a comparison, and no division by zero."""
    y_true, called = ops.reshape(y_true, (-1,)), ops.cast(ops.reshape(y_pred, (-1,)) > 0.5, "float32")
    return ops.divide_no_nan(ops.sum(y_true * called), ops.sum(y_true))


def with_the_slip(y_true: Any, y_pred: Any) -> Any:
    return K_sum(y_true * y_pred)  # type: ignore[name-defined]  # noqa: F821


def without_shapes(y_true: Any, y_pred: Any) -> Any:
    return ops.sum(ops.round(y_true * y_pred)) / (counted(y_true) + keras.config.epsilon())


def without_epsilon(y_true: Any, y_pred: Any) -> Any:
    y_true = ops.reshape(y_true, ops.shape(y_pred))
    return counted(y_true * y_pred) / counted(y_true)


def without_rounding(y_true: Any, y_pred: Any) -> Any:
    y_true = ops.reshape(y_true, ops.shape(y_pred))
    return ops.sum(y_true * y_pred) / (ops.sum(y_true) + keras.config.epsilon())


def own(**changes: Any) -> dict[str, Any]:
    return {"precision": precision, "recall": recall, "model": LOADED} | changes


def chosen(**changes: Any) -> dict[str, Any]:
    return {"scores": SCORES, "labels": LABELS, "threshold": THRESHOLD, "needed": 149} | changes


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("4.1", RIGHT),
        ("4.1", RIGHT | {"category": LOSSES.SparseCategoricalCrossentropy()}),
        ("4.1", RIGHT | {"defect": LOSSES.BinaryFocalCrossentropy(), "price": LOSSES.Huber()}),
        ("4.1", RIGHT | {"price": LOSSES.mean_absolute_error, "defect": LOSSES.binary_crossentropy}),
        ("4.2", stopping()),
        ("4.2", stopping(mode="auto")),
        ("4.2", OwnStopping(**BEST)),
        ("4.3", {**COUNTS, "recall": 3 / 7}),
        ("4.3", {**COUNTS, "recall": np.float32(3 / 7)}),
        ("4.3", {**COUNTS, "recall": keras.ops.convert_to_tensor(3 / 7)}),
        ("4.3", {**COUNTS, "recall": 0.429}),
        ("4.3", {**COUNTS, "recall": 42.9}),
        ("4.4", chosen()),
        ("4.4", chosen(needed=150)),
        ("4.4", chosen(threshold=np.float64(THRESHOLD))),
        ("4.4", chosen(threshold=float(f"{THRESHOLD:.3g}"))),
        ("4.5", own()),
        ("4.5", own(recall=flat_recall)),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("4.1", dict.fromkeys(RIGHT), "no answer yet"),
        ("4.1", RIGHT | {"category": "categorical_crossentropy"}, "one-hot"),
        ("4.1", RIGHT | {"category": LOSSES.SparseCategoricalCrossentropy(from_logits=True)}, "from_logits"),
        ("4.1", RIGHT | {"defect": LOSSES.SparseCategoricalCrossentropy()}, "one score"),
        ("4.1", RIGHT | {"price": "binary_crossentropy"}, "a price is none"),
        ("4.1", RIGHT | {"defect": "mse"}, "what does this head answer"),
        ("4.2", keras.callbacks.EarlyStopping(), "the validation AUROC"),
        ("4.2", keras.callbacks.ReduceLROnPlateau(), "EarlyStopping"),
        ("4.2", stopping(monitor="auroc"), "put val_ before"),
        ("4.2", stopping(mode="min"), "better when it is higher"),
        ("4.2", stopping(patience=0), "the first epoch that is no better"),
        ("4.2", stopping(restore_best_weights=False), "not the best"),
        ("4.3", {**COUNTS, "recall": None}, "no answer yet"),
        ("4.3", {**COUNTS, "recall": (1 + 0 + 1 / 4 + 0) / 4}, "mean over all batches"),
        ("4.3", {**COUNTS, "recall": (1 + 1 / 4 + 0) / 3}, "weighs there as much"),
        ("4.3", {**COUNTS, "recall": 0.9}, "in all batches"),
        ("4.3", {**COUNTS, "recall": 4 / 7}, "the escape rate"),
        ("4.3", {**COUNTS, "defective": [0, 0, 0, 0], "recall": 0.5}, "leave them alone"),
        ("4.3", {"found": [1, 0, 1], "defective": [1, 1, 1], "recall": 2 / 3}, "the mistake gives the same number"),
        ("4.4", chosen(threshold=None), "threshold: found None"),
        ("4.4", chosen(threshold=0.9), "over 2%"),
        ("4.4", chosen(threshold=0.0), "threshold_for"),
        ("4.4", chosen(needed=50), "rule of three"),
        ("4.4", chosen(needed=...), "needed: found ..."),
        ("4.4", chosen(needed=1000), "95% confidence"),
        ("4.4", chosen(needed=148.3), "round up"),
        ("4.5", own(precision=None), "expected your function"),
        ("4.5", own(precision=lambda y_true, y_pred: None), "one number for a batch"),
        ("4.5", own(recall=precision), "the precision; divide by the number of wrong parts that there are"),
        ("4.5", own(precision=recall), "the recall; divide by the number of parts called wrong"),
        ("4.5", own(recall=with_the_slip), "K_sum is the slip"),
        ("4.5", own(recall=lambda y_true, y_pred: keras.backend.sum(y_true)), "in keras.ops now"),
        ("4.5", own(recall=lambda y_true, y_pred: y_true.numpy().sum()), "write it with keras.ops"),
        ("4.5", own(recall=without_shapes), "(B, B)"),
        ("4.5", own(recall=without_epsilon), "keras.config.epsilon()"),
        ("4.5", own(recall=without_rounding), "round them first"),
        ("4.5", own(recall=lambda y_true, y_pred: y_true), "one number for a batch"),
        ("4.5", own(recall=lambda y_true, y_pred: 0.1 * y_pred[0, 0]), "wrong parts found / the number of"),
        ("4.5", own(model=None), "load_model"),
        ("4.5", own(model=compiled()), "compile=False"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


KEYS = [
    tuple(RIGHT),
    ("found", "defective", "recall"),
    ("scores", "labels", "threshold", "needed"),
    ("precision", "recall", "model"),
]


@given(st.sampled_from(["4.1", "4.2", "4.3", "4.4", "4.5"]), weird(*KEYS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
