"""Lesson 9: right answers pass, typical mistakes get the hint that fits them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

ROUTES = """components:
  tile:
    model: tile
    upstream: "127.0.0.1:8500"
    heads: {defect: {threshold: %s, review_band: [0.3, 0.7]}}
"""
PARTS = {"scores": [0.95, 0.5, 0.91, 0.2], "defective": [True, True, False, False]}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("9.1", ROUTES % 0.7),
        ("9.2", {**PARTS, "escape": 0.5, "overkill": 0.5}),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("9.1", ROUTES % 0.5, "expected"),
        ("9.1", "components: {tile: {model: tile, upstream: '127.0.0.1:8500'}}", "no limits"),
        ("9.1", "components: [", "not valid YAML"),
        ("9.2", {**PARTS, "escape": 0.25, "overkill": 0.5}, "escapes are counted among the defective"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


@given(st.sampled_from(["9.1", "9.2"]), weird(("scores", "defective", "escape", "overkill")))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
