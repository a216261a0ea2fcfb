"""Lesson 9b: right answers pass, typical mistakes get the hint that fits them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

ESCAPE, OVERKILL = 30 / (30 + 24 + 34), 6 / (870 + 36 + 6)


def point(threshold: float, escape: float, overkill: float) -> dict[str, Any]:
    return {"threshold": threshold, "escape": {"value": escape}, "overkill": {"value": overkill}}


CURVE = [point(0.1, 0.0, 0.3), point(0.3, 0.04, 0.1), point(0.4, 0.06, 0.1), point(0.7, 0.2, 0.0)]
COMPONENTS = [{"heads": [{"name": "defect", "limits_number": 17}]}]
BODY = {
    "component": "tile", "model": "tile", "version": 2, "head": "defect", "threshold": 0.4, "review_band": [0.25, 0.4],
    "who": "Ann", "why": "two tiles came back", "seen": 17,
}  # fmt: skip


def chosen(threshold: object, most: object = 0.1) -> dict[str, object]:
    return {"curve": CURVE, "most": most, "threshold": threshold}


def body(**other: object) -> dict[str, object]:
    return {"components": COMPONENTS, "body": {name: value for name, value in {**BODY, **other}.items() if value != ""}}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("9b.1", {"escape": ESCAPE, "overkill": OVERKILL}),
        ("9b.1", {"escape": 34.1, "overkill": 0.658}),
        ("9b.2", chosen(0.3)),
        ("9b.2", chosen(0.7, most=0.2)),
        ("9b.3", body()),
        ("9b.3", body(review_band=(0.25, 0.4))),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("9b.1", {"escape": ..., "overkill": ...}, "no answer yet"),
        ("9b.1", {"escape": 3 / 44, "overkill": OVERKILL}, "one that passed stands for 10"),
        ("9b.1", {"escape": 30 / 900, "overkill": OVERKILL}, "divide by all defective parts"),
        ("9b.1", {"escape": 30 / 64, "overkill": OVERKILL}, "that went to REVIEW"),
        ("9b.1", {"escape": ESCAPE, "overkill": 3 / 126}, "one that failed stands for 2"),
        ("9b.1", {"escape": ESCAPE, "overkill": 6 / 40}, "divide by all good parts"),
        ("9b.1", {"escape": ESCAPE}, "keys escape and overkill"),
        ("9b.2", chosen(...), "no answer yet"),
        ("9b.2", chosen(0.7), "20.0% escape, more than 10%"),
        ("9b.2", chosen(0.1), "another threshold fails 10.0%"),
        ("9b.2", chosen(0.4), "another threshold fails as few"),
        ("9b.2", chosen(0.2), "no threshold of the curve"),
        ("9b.2", chosen(0.3, most=-1), "leave them as they are"),
        ("9b.3", body(why=""), "missing required field `why`"),
        ("9b.3", body(seen=0), "expected 17"),
        ("9b.3", body(version=1), "version: found 1, expected 2"),
        ("9b.3", body(head="crack"), "head: found 'crack'"),
        ("9b.3", body(review_band=None), "score 0.25 would be PASS, expected REVIEW"),
        ("9b.3", body(review_band=[0.4, 0.25]), "two rising scores"),
        ("9b.3", body(threshold=0.6), "score 0.41 would be PASS, expected FAIL"),
        ("9b.3", body(who=" "), "whom to ask"),
        ("9b.3", body(thresholds=1), "would refuse it"),
        ("9b.3", {"components": [], "body": BODY}, "leave them as they are"),
        ("9b.3", {"components": COMPONENTS, "body": "body"}, "expected a dict"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


@given(
    st.sampled_from(["9b.1", "9b.2", "9b.3"]),
    weird(("escape", "overkill"), ("curve", "most", "threshold"), ("components", "body")),
)
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
