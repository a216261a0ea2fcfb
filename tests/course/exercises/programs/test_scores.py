"""Scores that a client gave back: right in any plain form, and each known mistake named."""

import numpy as np
import pytest
import requests

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.scores import refuse_other_scores
from aoi_modules.wire.messages import PredictResponse

EXPECTED = np.array([0.125, 0.5, 0.875], np.float32)
PRICES = np.array([250_000.0, 400_000.0], np.float32)


@pytest.mark.parametrize(
    "found",
    [
        [0.125, 0.5, 0.875], (0.125, 0.5, 0.875), [[0.125], [0.5], [0.875]], EXPECTED, EXPECTED[:, None],
        [np.float32(one) for one in EXPECTED], [0.125, 0.5, 0.8754],
    ],
)  # fmt: skip
def test_right_scores_pass_in_any_form(found: object) -> None:
    refuse_other_scores(found, EXPECTED)


def test_large_numbers_are_compared_as_a_share() -> None:
    refuse_other_scores([250_010.0, 399_990.0], PRICES)
    with pytest.raises(Hint, match="but the server answered"):
        refuse_other_scores([251_000.0, 400_000.0], PRICES)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "no answer yet"),
        (..., "no answer yet"),
        ("0.125", "one score a picture"),
        ([0.125], "found 1 scores, expected 3"),
        ([[0.1], [0.1, 0.2]], "one score a picture"),
        ([0.875, 0.5, 0.125], "the reverse order"),
        ([0.5, 0.125, 0.875], "another order"),
        ([0.1, 0.2, 0.3], "but the server answered"),
        ([np.nan, 0.5, 0.875], "but the server answered"),
        ({"predictions": [0.1]}, "a dict with the keys predictions"),
        (requests.Response(), '.json()["predictions"]'),
        (PredictResponse(), "float_val or tensor_content"),
    ],
)
def test_other_scores_get_a_hint(found: object, words: str) -> None:
    with pytest.raises(Hint) as hint:
        refuse_other_scores(found, EXPECTED)
    assert words in str(hint.value)
