"""Lesson 9: right answers pass, typical mistakes get the hint that fits them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.verdict import Rate
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

ROUTES = """components:
  tile:
    model: tile
    upstream: "127.0.0.1:8500"
    heads: {defect: {threshold: %s, review_band: [0.3, 0.7]}}
"""
HEAD = 'components: {tile: {model: tile, upstream: "127.0.0.1:8500", heads: {defect: %s}}}'
PARTS = {"scores": [0.95, 0.5, 0.91, 0.2, 0.3, 0.4], "defective": [True, True, False, False, False, False]}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("9.1", ROUTES % 0.7),
        ("9.2", {**PARTS, "escape": 0.5, "overkill": 0.25}),
        ("9.2", {**PARTS, "escape": np.float32(0.5), "overkill": 25}),
        ("9.2", {**PARTS, "escape": Rate(1, 2), "overkill": Rate(1, 4)}),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("9.1", ROUTES % 0.5, "over the threshold 0.5, and then the review_band is not asked"),
        ("9.1", HEAD % "{review_band: [0.3, 0.7]}", "without a threshold; the model's own threshold then"),
        ("9.1", HEAD % "{threshold: 0.7}", "without a review_band no part goes to an operator"),
        ("9.1", HEAD % "{}", "neither threshold nor review_band"),
        ("9.1", HEAD % "{threshold: 0.7, review_band: [0.31, 0.7]}", "both ends belong to it"),
        ("9.1", HEAD.replace("defect", "crack") % "{threshold: 0.7}", "limits for the head crack"),
        ("9.1", "components: {tile: {model: tile, upstream: '127.0.0.1:8500'}}", "no limits"),
        ("9.1", "components: [", "not valid YAML"),
        ("9.2", {**PARTS, "escape": 1 / 6, "overkill": 0.25}, "divide by the 2 defective parts"),
        ("9.2", {**PARTS, "escape": 0.5, "overkill": 0.75}, "count the others"),
        ("9.2", {**PARTS, "escape": 0.3, "overkill": 0.25}, "escapes are counted among the defective"),
        ("9.3", None, "no answer yet"),
        ("9.3", {"server": "", "routes": {}, "pictures": {}, "door": None, "gateway": ...}, "the class itself"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


GATEWAY = ("server", "routes", "pictures", "door", "gateway")


@given(st.sampled_from(["9.1", "9.2", "9.3"]), weird(("scores", "defective", "escape", "overkill"), GATEWAY))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
