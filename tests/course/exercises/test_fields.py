"""Answers that are dicts: the right keys, and numbers that are numbers, of Python or NumPy."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.fields import fields, number

NAMES = ("found", "expected", "noise")


def test_the_keys_may_come_in_any_order() -> None:
    answer = {"noise": 1, "found": 2, "expected": None}
    assert fields(answer, NAMES) == answer


@pytest.mark.parametrize("answer", [None, ..., [], {"found": 1}, {"found": 1, "expected": 2, "noise": 3, "more": 4}])
def test_other_keys_get_a_hint_that_lists_the_right_ones(answer: object) -> None:
    with pytest.raises(Hint, match="expected a dict with the keys found, expected and noise"):
        fields(answer, NAMES)


@given(st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_finite_number_is_taken_as_python_and_as_numpy_have_it(value: float) -> None:
    assert number("x", value) == value
    assert number("x", np.float64(value)) == value
    assert number("x", np.array([value])) == value


@pytest.mark.parametrize(
    "value", [None, ..., True, np.True_, "3", b"3", math.nan, math.inf, np.float32("nan"), [3], np.array([1, 2]), 3j]
)
def test_what_is_no_number_is_named_by_its_field(value: Any) -> None:
    with pytest.raises(Hint, match=r"^noise: found .*, expected a number$"):
        number("noise", value)
