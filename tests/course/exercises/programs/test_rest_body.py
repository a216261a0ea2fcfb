"""The body of a REST prediction: rows and columns pass, each known mistake is named, anything else gets a sentence."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.rest_body import check_body
from tests.course.exercises.answers import ANYTHING

PICTURES = [b"\x89PNG one", b"\x89PNG two"]
NUMBERS = [[3.0, 2.5, 2100.0, 99902.0], [4.0, 3.0, 2800.0, 91901.0]]
B64 = [{"b64": base64.b64encode(picture).decode()} for picture in PICTURES]
ROWS = [{"image": image, "features": row} for image, row in zip(B64, NUMBERS, strict=True)]


def row(**changes: Any) -> dict[str, Any]:
    """A body whose first house is changed."""
    return {"instances": [{**ROWS[0], **changes}, ROWS[1]]}


def check(body: object, *, features: bool = True) -> None:
    check_body(json.dumps(body).encode(), PICTURES, NUMBERS if features else None)


@pytest.mark.parametrize(
    "body",
    [
        {"instances": ROWS},
        {"instances": ROWS, "signature_name": "serving_default"},
        {"inputs": {"image": B64, "features": NUMBERS}},
    ],
)
def test_right_bodies_with_features_pass(body: object) -> None:
    check(body)


@pytest.mark.parametrize(
    "body",
    [
        {"instances": B64},
        {"instances": [{"image": image} for image in B64]},
        {"inputs": B64},
        {"inputs": {"image": B64}},
    ],
)
def test_right_bodies_of_pictures_alone_pass(body: object) -> None:
    check(body, features=False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([1], "instances"),
        ({"instances": ROWS, "inputs": {}}, "(rows)"),
        ({"instances": ROWS[0]}, "a list with one entry a picture"),
        ({"instances": ROWS[:1]}, "holds 1 pictures, expected 2"),
        ({"instances": [B64[0], ROWS[1]]}, "the numbers are missing"),
        ({"instances": [3, ROWS[1]]}, "an object with the keys image and features"),
        ({"inputs": {"image": B64}}, "the input features is missing"),
        ({"inputs": {"image": B64, "features": [1]}}, "the same length"),
        ({"inputs": 3}, "an object with the keys"),
        ({"instances": ROWS, "signature_name": "pixels"}, "serving_default"),
        ({"instances": ROWS, "signature_nam": "x"}, "'signature_nam' means nothing"),
        (row(featurs=[1.0]), "'featurs' is no input of this model"),
        (row(image=B64[0]["b64"]), "says that it stands for bytes"),
        (row(image=list(PICTURES[0])), '{"b64": ...}'),
        (row(image={"b64": 7}), "as text"),
        (row(image={"b64": "data:image/png;base64," + B64[0]["b64"]}), "before the comma"),
        (row(image={"b64": "ä"}), "b64encode"),
        (row(image={"b64": base64.b64encode(B64[0]["b64"].encode()).decode()}), "encode once"),
        (row(image=B64[1]), "another one of the pictures"),
        (row(image={"b64": base64.b64encode(b"pixels").decode()}), "b'pixe'"),
        (row(features=[1.0]), "a list of 4 numbers"),
        (row(features=NUMBERS[0][::-1]), "another order"),
        (row(features=["3", 2.5, 2100, 99902]), "expected a number"),
        (row(features=np.log1p(NUMBERS[0]).tolist()), "scales them itself"),
    ],
)
def test_a_wrong_body_gets_its_hint(body: object, words: str) -> None:
    with pytest.raises(Hint) as hint:
        check(body)
    assert words in str(hint.value)


def test_what_is_no_json_is_said_to_be_none() -> None:
    with pytest.raises(Hint, match="json=body"):
        check_body(b"instances=1", PICTURES)


@given(ANYTHING)
@settings(deadline=None)
def test_any_other_body_gets_a_hint(body: object) -> None:
    for form in (body, {"instances": body}, {"inputs": body}):
        try:
            content = json.dumps(form).encode()
        except (TypeError, ValueError):
            continue
        with pytest.raises(Hint):
            check_body(content, PICTURES, NUMBERS)
