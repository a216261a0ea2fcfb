"""Lesson 8: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.course.exercises.answers import ANYTHING, gets_a_sentence, gets_hint, passes, weird

PICTURES = [b"\x89PNG one", b"\x89PNG two"]
NUMBERS = np.array([[3, 2.5, 2100, 99902], [4, 3, 2800, 91901]], np.float32)
TEXTS = [base64.b64encode(picture).decode() for picture in PICTURES]
ROWS = [{"image": {"b64": text}, "features": row.tolist()} for text, row in zip(TEXTS, NUMBERS, strict=True)]
CODES = {
    "version 99": ("NOT_FOUND", False),
    "signature heatmap": ("FAILED_PRECONDITION", False),
    "not a picture": ("INVALID_ARGUMENT", False),
    "a deadline of 1 ms": ("DEADLINE_EXCEEDED", False),
    "nobody at the port": ("UNAVAILABLE", True),
}
CURVE = {
    1: {"requests_per_second": 90.0, "p50": 11.0, "p99": 14.0},
    2: {"requests_per_second": 150.0, "p50": 13.0, "p99": 20.0},
    4: {"requests_per_second": 170.0, "p50": 23.0, "p99": 29.0},
    8: {"requests_per_second": 168.0, "p50": 26.0, "p99": 30.0},
    16: {"requests_per_second": 180.0, "p50": 29.0, "p99": 80.0},
    32: {"requests_per_second": 180.0, "p50": 170.0, "p99": 300.0},
}


def houses(body: object) -> dict[str, Any]:
    return {"pictures": PICTURES, "features": NUMBERS, "body": body}


def rows(**changes: Any) -> dict[str, Any]:
    """A body whose first house is changed."""
    return houses({"instances": [{**ROWS[0], **changes}, ROWS[1]]})


def clients(number: Any) -> dict[str, Any]:
    return {"curve": CURVE, "limit": 30.0, "clients": number}


def codes(call: str, said: Any) -> dict[str, Any]:
    return {**CODES, call: said}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("8.1", houses({"instances": ROWS})),
        ("8.1", houses({"instances": ROWS, "signature_name": "serving_default"})),
        ("8.1", houses({"inputs": {"image": [{"b64": text} for text in TEXTS], "features": NUMBERS.tolist()}})),
        ("8.1", houses({"instances": tuple({**row, "features": tuple(row["features"])} for row in ROWS)})),
        (
            "8.1",
            houses({"inputs": {"image": tuple({"b64": text} for text in TEXTS), "features": (*NUMBERS.tolist(),)}}),
        ),
        ("8.1", houses({"instances": [{**ROWS[0], "features": list(NUMBERS[0].astype(float))}, ROWS[1]]})),
        ("8.2", CODES),
        ("8.2", codes("version 99", ("NOT_FOUND", np.False_))),
        ("8.2", {call: list(said) for call, said in CODES.items()}),
        ("8.3", clients(4)),
        ("8.3", clients(8)),
        ("8.3", clients(np.int64(4))),
        ("8.3", clients(4.0)),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("8.1", houses(None), "no answer yet"),
        ("8.1", houses({"instances": [...]}), "no answer yet"),
        ("8.1", houses({"instances": ROWS, "inputs": {}}), "(rows)"),
        ("8.1", houses({"instances": ROWS[0]}), "a list with one dict a house"),
        ("8.1", houses({"instances": ROWS[:1]}), "found 1 houses, expected 2"),
        ("8.1", houses({"instances": [{"b64": TEXTS[0]}, ROWS[1]]}), "the numbers are missing"),
        ("8.1", houses({"inputs": {"image": [{"b64": text} for text in TEXTS]}}), "keys image and features"),
        ("8.1", houses({"inputs": {"image": TEXTS, "features": [1]}}), "the same length"),
        ("8.1", houses({"inputs": {"image": [], "features": NUMBERS}}), ".tolist()"),
        ("8.1", houses({"instances": ROWS, "signature_name": "pixels"}), "serving_default"),
        ("8.1", houses({"instances": ROWS, "signature_nam": "serving_default"}), "'signature_nam' means nothing"),
        ("8.1", rows(featurs=[1.0]), "'featurs' is no input of this model"),
        ("8.1", houses({"inputs": {"image": TEXTS, "features": [], "featurs": []}}), "'featurs' is no input"),
        ("8.1", {"pictures": [], "features": [], "body": {"instances": []}}, "leave them as they were"),
        ("8.1", rows(image=TEXTS[0]), "says that it stands for bytes"),
        ("8.1", rows(image=list(PICTURES[0])), '{"b64": ...}'),
        ("8.1", rows(image={"b64": TEXTS[0].encode()}), "JSON has no bytes"),
        ("8.1", rows(image={"b64": "data:image/png;base64," + TEXTS[0]}), "before the comma"),
        ("8.1", rows(image={"b64": "ä"}), "b64encode"),
        ("8.1", rows(image={"b64": base64.b64encode(TEXTS[0].encode()).decode()}), "encode once"),
        ("8.1", rows(image={"b64": TEXTS[1]}), "another house"),
        ("8.1", rows(image={"b64": base64.b64encode(b"pixels").decode()}), "b'pixe'"),
        ("8.1", rows(features=NUMBERS[0]), ".tolist()"),
        ("8.1", rows(features=list(NUMBERS[0])), "float32 3.0; JSON does not know numbers of NumPy; .tolist()"),
        ("8.1", rows(features=[1.0]), "a list of 4 numbers"),
        ("8.1", rows(features=NUMBERS[0].tolist()[::-1]), "another order"),
        ("8.1", rows(features=["3", 2.5, 2100, 99902]), "expected a number"),
        ("8.1", rows(features=np.log1p(NUMBERS[0]).tolist()), "scales them itself"),
        ("8.2", codes("version 99", (None, None)), "no answer yet"),
        ("8.2", codes("version 99", "NOT_FOUND"), "the code and True or False"),
        ("8.2", codes("version 99", ("INVALID_ARGUMENT", False)), "not what comes back"),
        ("8.2", codes("version 99", ("NOT_FOUND", 0)), "True if it is asked again"),
        ("8.2", codes("not a picture", ("INVALID_ARGUMENT", True)), "no picture the next time"),
        ("8.2", codes("a deadline of 1 ms", ("DEADLINE_EXCEEDED", True)), "doubles the load"),
        ("8.2", codes("nobody at the port", ("UNAVAILABLE", False)), "nobody took the request"),
        ("8.2", {"version 99": ("NOT_FOUND", False)}, "nobody at the port"),
        ("8.3", clients(None), "no answer yet"),
        ("8.3", clients(True), "expected a number"),
        ("8.3", clients(np.int64(3)), "found int64 3, expected one of 1, 2, 4, 8, 16, 32"),
        ("8.3", clients(3), "expected one of 1, 2, 4, 8, 16, 32"),
        ("8.3", clients(2), "fewer than 170"),
        ("8.3", clients(16), "p50 is not the limit"),
        ("8.3", clients(32), "p99 is 300.0 ms, over 30.0 ms"),
        ("8.3", {**clients(4), "limit": 1.0}, "no point of the curve"),
        ("8.3", {**clients(4), "curve": {}}, "leave it as it was"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


KEYS = [("pictures", "features", "body"), tuple(CODES), ("curve", "limit", "clients")]


@given(
    st.sampled_from(["8.1", "8.2", "8.3"]),
    weird(*KEYS)
    | ANYTHING.map(lambda body: houses({"instances": body}))
    | ANYTHING.map(lambda body: houses({"inputs": body}))
    | ANYTHING.map(clients),
)
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    if answer in (clients(4), clients(8)):
        return
    gets_a_sentence(check_id, answer)
