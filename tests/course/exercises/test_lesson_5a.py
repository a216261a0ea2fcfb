"""Lesson 5a: right answers pass, typical mistakes get the hint that fits them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

CONFUSION = np.array([[4 + (row == column) * 30 for column in range(10)] for row in range(10)])
CONFUSION[0, 1] = 26
RECALLS = np.diag(CONFUSION) / CONFUSION.sum(axis=1)
PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(10), 20)


def bags(score: Any) -> dict[str, Any]:
    return {"probabilities": PROBABILITIES, "bag": 8, "score": score}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("5a.1", {"confusion": CONFUSION, "recalls": RECALLS}),
        ("5a.2", bags(1 - PROBABILITIES[:, 8])),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("5a.1", None, "no answer yet"),
        ("5a.1", {"confusion": CONFUSION, "recalls": np.zeros(10)}, "class"),
        ("5a.1", {"confusion": CONFUSION, "recalls": np.diag(CONFUSION) / CONFUSION.sum(axis=0)}, "precisions"),
        ("5a.1", {"confusion": CONFUSION, "recalls": np.diag(CONFUSION) / CONFUSION.sum()}, "shares of all"),
        ("5a.1", {"confusion": CONFUSION[:3], "recalls": RECALLS}, r"shape (3, 10)"),
        ("5a.2", bags(PROBABILITIES[:, 8]), "high when the part is WRONG"),
        ("5a.2", bags(1 - PROBABILITIES), "one number a picture"),
        ("5a.2", bags(np.zeros(20)), "picture"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


@given(st.sampled_from(["5a.1", "5a.2"]), weird(("confusion", "recalls"), ("probabilities", "bag", "score")))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
