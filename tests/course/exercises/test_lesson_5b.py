"""Lesson 5b: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

RANDOM = np.random.default_rng(0)
CATEGORY, COLOUR = RANDOM.dirichlet(np.full(10, 0.2), 40), RANDOM.dirichlet(np.full(3, 0.2), 40)
TRUTH = {"category": CATEGORY.argmax(axis=1), "colour": COLOUR.argmax(axis=1)}
TRUTH = {name: np.where(RANDOM.random(40) < 0.7, labels, (labels + 1) % 3) for name, labels in TRUTH.items()}
RIGHT = {"category": TRUTH["category"] == CATEGORY.argmax(axis=1), "colour": TRUTH["colour"] == COLOUR.argmax(axis=1)}
BAG, RED = CATEGORY[:, 8], COLOUR[:, 0]


def joint(value: Any) -> dict[str, Any]:
    return {"category": CATEGORY, "colour": COLOUR, "truth": TRUTH, "joint": value}


def red_bags(score: Any) -> dict[str, Any]:
    return {"category": CATEGORY, "colour": COLOUR, "bag": 8, "red": 0, "score": score}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("5b.1", joint(np.mean(RIGHT["category"] & RIGHT["colour"]))),
        ("5b.1", joint(float(np.mean(RIGHT["category"] & RIGHT["colour"])))),
        ("5b.2", red_bags(1 - BAG * RED)),
        ("5b.2", red_bags((1 - BAG * RED).tolist())),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("5b.1", joint(None), "no answer yet"),
        ("5b.1", joint(RIGHT["category"].mean() * RIGHT["colour"].mean()), "the product"),
        ("5b.1", joint((RIGHT["category"].mean() + RIGHT["colour"].mean()) / 2), "the mean of both"),
        ("5b.1", joint(np.mean(RIGHT["category"] | RIGHT["colour"])), "one of the two"),
        ("5b.1", joint(RIGHT["category"].mean()), "category alone"),
        ("5b.1", joint(RIGHT["colour"].mean()), "colour alone"),
        ("5b.1", joint(0.5), "category AND colour"),
        ("5b.1", {**joint(0.5), "truth": 3}, "leave it as it is"),
        ("5b.1", {**joint(0.5), "category": CATEGORY[:, 0]}, "as the model gave them"),
        ("5b.2", red_bags(BAG * RED), "RIGHT part"),
        ("5b.2", red_bags(1 - BAG), "a blue bag"),
        ("5b.2", red_bags(1 - RED), "a red shoe"),
        ("5b.2", red_bags((1 - BAG) * (1 - RED)), "only if BOTH"),
        ("5b.2", red_bags(2 - BAG - RED), "exceed 1"),
        ("5b.2", red_bags(np.maximum(1 - BAG, 1 - RED)), "the worse of the two"),
        ("5b.2", red_bags(np.zeros(40)), "picture"),
        ("5b.2", red_bags(np.zeros(3)), "one number a picture"),
        ("5b.2", {**red_bags(BAG), "bag": "Bag"}, "number of a label"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


KEYS = [("category", "colour", "truth", "joint"), ("category", "colour", "bag", "red", "score")]


@given(st.sampled_from(["5b.1", "5b.2"]), weird(*KEYS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
