"""Lesson 4: right answers pass in every form that Keras takes, typical mistakes get the hint that fits them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.tf import keras
from aoi_modules.training.measuring import thresholds
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

LOSSES = keras.losses
RIGHT = {"category": "sparse_categorical_crossentropy", "defect": "binary_crossentropy", "price": "msle"}
BEST = {"monitor": "val_auroc", "mode": "max", "patience": 3, "restore_best_weights": True}
COUNTS = {"found": [2, 0, 1, 0], "defective": [2, 0, 4, 1]}
RANDOM = np.random.default_rng(0)
LABELS = (np.arange(400) % 4 == 0).astype(np.int64)
SCORES = np.clip(0.3 + 0.4 * LABELS + RANDOM.normal(0, 0.1, 400), 0, 1).astype(np.float32)
THRESHOLD = thresholds.threshold_for(SCORES, LABELS, 0.02)


def stopping(**changes: Any) -> keras.callbacks.EarlyStopping:
    return keras.callbacks.EarlyStopping(**{**BEST, **changes})


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
        ("4.3", {**COUNTS, "recall": 3 / 7}),
        ("4.3", {**COUNTS, "recall": np.float32(3 / 7)}),
        ("4.4", chosen()),
        ("4.4", chosen(needed=150)),
        ("4.4", chosen(threshold=np.float64(THRESHOLD))),
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
        ("4.2", stopping(patience=0), "first bad epoch"),
        ("4.2", stopping(restore_best_weights=False), "not the best"),
        ("4.3", {**COUNTS, "recall": None}, "no answer yet"),
        ("4.3", {**COUNTS, "recall": (1 + 0 + 1 / 4 + 0) / 4}, "mean over all batches"),
        ("4.3", {**COUNTS, "recall": (1 + 1 / 4 + 0) / 3}, "weighs there as much"),
        ("4.3", {**COUNTS, "recall": 0.9}, "in all batches"),
        ("4.3", {**COUNTS, "defective": [0, 0, 0, 0], "recall": 0.5}, "leave them alone"),
        ("4.4", chosen(threshold=None), "threshold: found None"),
        ("4.4", chosen(threshold=0.9), "over 2%"),
        ("4.4", chosen(threshold=0.0), "threshold_for"),
        ("4.4", chosen(needed=50), "rule of three"),
        ("4.4", chosen(needed=...), "needed: found ..."),
        ("4.4", chosen(needed=1000), "95% confidence"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


KEYS = [
    tuple(RIGHT),
    ("found", "defective", "recall"),
    ("scores", "labels", "threshold", "needed"),
]


@given(st.sampled_from(["4.1", "4.2", "4.3", "4.4"]), weird(*KEYS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
