"""Lesson 3: right answers pass, typical mistakes get the hint that fits them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.course.checks import judge
from aoi_modules.training.measuring.metrics import auroc
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird
from tests.study.networks.test_baseline import row

BY_HAND = {"parameters": 8768, "multiply_adds": 6_874_112, "times_cheaper": 8.41}
ROWS = (row("slow", 90.0, 0.95), row("good", 20.0, 0.9), row("quick", 5.0, 0.8), row("blind", 4.0, 0.5, "random"))
LABELS = np.arange(40) % 3 == 0
GOOD_SCORES = (np.where(LABELS, 0.7, 0.4) + np.random.default_rng(0).normal(0, 0.15, 40)).astype(np.float32)
SCORES = {"as built": GOOD_SCORES, "not scaled": np.random.default_rng(1).uniform(0, 1, 40).astype(np.float32)}
AREAS = {name: auroc(values, LABELS.astype(np.int64)) for name, values in SCORES.items()}


def chosen(choice: Any, limit: Any = 50.0) -> dict[str, Any]:
    return {"rows": ROWS, "limit_ms": limit, "choice": choice}


def areas(found: Any) -> dict[str, Any]:
    return {"labels": LABELS, "scores": SCORES, "auroc": found}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("3.1", BY_HAND),
        ("3.1", BY_HAND | {"parameters": np.int64(8768), "times_cheaper": np.float32(8.409)}),
        ("3.2", chosen("good")),
        ("3.2", chosen("slow", np.float64(100))),
        ("3.2", chosen("blind, RANDOM weights", 4.5)),
        ("3.3", areas(AREAS)),
        ("3.3", areas({name: np.float64(value) for name, value in AREAS.items()})),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("3.1", {"parameters": 0}, "the keys parameters, multiply_adds and times_cheaper"),
        ("3.1", BY_HAND | {"parameters": ...}, "no answer yet"),
        ("3.1", BY_HAND | {"parameters": 73728}, "an ordinary convolution's"),
        ("3.1", BY_HAND | {"parameters": 576}, "the depthwise half"),
        ("3.1", BY_HAND | {"parameters": 8192}, "the 1 x 1 half"),
        ("3.1", BY_HAND | {"parameters": 9536}, "batch normalisation"),
        ("3.1", BY_HAND | {"parameters": 8960}, "biases"),
        ("3.1", BY_HAND | {"parameters": 1}, "one 3 x 3 window a channel"),
        ("3.1", BY_HAND | {"multiply_adds": 8768}, "one place of the map"),
        ("3.1", BY_HAND | {"multiply_adds": 2 * 6_874_112}, "a multiply-add is one"),
        ("3.1", BY_HAND | {"multiply_adds": 28 * 28 * 73728}, "an ordinary convolution's"),
        ("3.1", BY_HAND | {"times_cheaper": 0.119}, "the share that is left"),
        ("3.1", BY_HAND | {"times_cheaper": 9}, "over yours"),
        ("3.2", chosen("slow"), "takes 90.0 ms, and the limit is 50.0 ms"),
        ("3.2", chosen("quick"), "the fastest need not be the best"),
        ("3.2", chosen("vgg"), "expected one of slow; good"),
        ("3.2", chosen(...), "no answer yet"),
        ("3.2", chosen("good", None), "limit_ms"),
        ("3.2", chosen("good") | {"rows": []}, "rows of the baseline"),
        ("3.3", areas(dict.fromkeys(SCORES, 0.0)), "pairs"),
        ("3.3", areas({name: 1 - value for name, value in AREAS.items()}), "DEFECTIVE"),
        ("3.3", areas({name: np.mean((values > 0.5) == LABELS) for name, values in SCORES.items()}), "no threshold"),
        ("3.3", areas({"as built": 0.9}), "a number for each entry"),
        ("3.3", areas(0.9), "a number for each entry"),
        ("3.3", areas(dict.fromkeys(SCORES, "high")), "expected a number"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def test_equal_scores_count_one_half() -> None:
    answer = {"labels": [0, 0, 1, 1], "scores": {"a": [0.1, 0.5, 0.5, 0.9]}}
    assert judge("3.3", answer | {"auroc": {"a": 0.875}})[0]
    for nearly in (0.75, 1.0):
        assert "one half" in judge("3.3", answer | {"auroc": {"a": nearly}})[1]


def test_praise_says_when_the_choice_is_not_sure() -> None:
    close = (row("one", 1.0, 0.90), row("two", 2.0, 0.91))
    assert "the interval of one overlaps" in judge("3.2", {"rows": close, "limit_ms": 3, "choice": "two"})[1]
    assert "overlap" not in judge("3.2", chosen("good"))[1]


@given(st.sampled_from(["3.1", "3.2", "3.3"]), weird())
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
