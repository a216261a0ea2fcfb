"""Answers as numbers: every form of a right one passes, rounded and as percent; everything else gets a true hint."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.answers import (
    LARGEST,
    agrees,
    expect_count,
    expect_number,
    expect_numbers,
    expect_percent,
    expect_share,
    number,
    numbers,
)
from tests.course.exercises.answers import ANYTHING


def rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


class Tensor:
    """As a tensor with a gradient or on a GPU: no array, but a list."""

    def __init__(self, values: object) -> None:
        self.values = values

    def __array__(self, *_: object, **__: object) -> None:
        raise TypeError("copy it to the memory of the host first")

    def tolist(self) -> object:
        return self.values


class Table:
    """As a table of pandas: columns with names that become an array."""

    def __init__(self, rows: object) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return 1

    def __array__(self, *_: object, **__: object) -> Any:
        return np.array(self.rows)


class Hostile:
    """Breaks whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"no {name} for you")

    def __repr__(self) -> str:
        raise RuntimeError("no words either")


FINITE = st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-6)
SHARES = st.floats(1e-4, 1.0)
FORMS: tuple[Callable[[float], object], ...] = (
    float,
    np.float64,
    np.array,
    Decimal,
    Fraction,
    lambda value: [value],
    lambda value: np.array([[value]]),
    Tensor,
    lambda value: Table([[value]]),
)
Expect = Callable[..., None]
NO_NUMBER = [
    None,
    ...,
    True,
    np.True_,
    "three",
    b"3",
    {},
    {"a": 1.0},
    {0.5},
    [],
    [1, 2],
    [[1], [2, 3]],
    [None],
    ["0.5"],
    (1, "a"),
    math.nan,
    math.inf,
    np.float32("nan"),
    np.array([]),
    np.array([1, 2]),
    np.array("0.5"),
    np.array([None]),
    np.datetime64("2020-01-01"),
    3j,
    10**400,
    "9" * 5000,
    range(LARGEST + 1),
    iter([0.5]),
    float,
    lambda: 0.5,
    object(),
    Tensor([1.0, 2.0]),
    Tensor("text"),
    Table([[1.0, 2.0]]),
    Table([["text", 0.5]]),
]


@given(FINITE, st.sampled_from(FORMS), st.integers(3, 17))
def test_the_right_number_passes_in_any_form_and_rounded(
    right: float, form: Callable[[float], object], to: int
) -> None:
    expect_number("x", form(rounded(right, to)), right=right, task="think")


@given(SHARES, st.sampled_from(FORMS), st.integers(3, 17))
def test_a_share_and_its_percent_are_both_right(share: float, form: Callable[[float], object], to: int) -> None:
    for found in (rounded(share, to), rounded(100 * share, to)):
        expect_share("x", form(found), right=share, task="think")
        expect_percent("x", form(found), right=100 * share, task="think")


@given(FINITE, st.lists(FINITE, max_size=5), st.integers(3, 17))
def test_no_mistake_takes_a_right_answer(right: float, wrong: list[float], to: int) -> None:
    """Not even one that lies so near that both have the same three digits."""
    expect_number("x", rounded(right, 3), right=right, mistakes=[(value, "wrong") for value in wrong], task="think")
    expect_number("x", right, right=right, mistakes=[(value, "wrong") for value in (*wrong, right)], task="think")


@given(SHARES, SHARES, st.integers(3, 17))
def test_a_mistake_is_named_rounded_and_as_percent(right: float, wrong: float, to: int) -> None:
    assume(not any(agrees(wrong * scale, right * other) for scale in (1, 100) for other in (1, 100)))
    for found in (rounded(wrong, to), rounded(100 * wrong, to)):
        assume(not any(agrees(found, right * scale) for scale in (1, 100)))
        with pytest.raises(Hint, match=r"^x: found .*, the mean"):
            expect_share("x", found, right=right, mistakes=[(wrong, "the mean")], task="think")


def test_all_digits_of_a_mistake_near_the_right_value_are_its_own() -> None:
    near = [(0.85344, "the one with ties")]
    expect_share("x", 0.853, right=0.8533, mistakes=near, task="think")
    expect_share("x", 0.8533, right=0.8533, mistakes=near, task="think")
    for found in (0.85344, 85.344):
        with pytest.raises(Hint, match=r"the one with ties"):
            expect_share("x", found, right=0.8533, mistakes=near, task="think")


@given(FINITE.filter(bool), st.floats(1.02, 5))
def test_another_number_is_told_the_task(right: float, factor: float) -> None:
    with pytest.raises(Hint, match=r"^x: found .*; divide by the row's sum"):
        expect_number("x", right * factor, right=right, task="divide by the row's sum")


def test_too_few_digits_are_named() -> None:
    with pytest.raises(Hint, match=r"^x: found 0\.85; think\. If you rounded it, give 3 digits or more$"):
        expect_share("x", 0.85, right=0.8534, task="think")
    with pytest.raises(Hint, match=r"give 3 digits"):
        expect_share("x", 85, right=0.8534, task="think")
    expect_share("x", 85, right=0.8534, task="think", digits=2)


def test_where_no_share_is_asked_a_percent_is_another_number() -> None:
    with pytest.raises(Hint, match=r"milliseconds: found 350; think"):
        expect_number("milliseconds", 350, right=3.5, task="think")


@pytest.mark.parametrize("found", [0, 0.0, -0.0, 1e-17, [0]])
def test_zero_is_zero(found: object) -> None:
    for expect in (expect_number, expect_share, expect_percent):
        expect("x", found, right=0.0, task="think")
        expect("x", found, right=-3e-18, task="think")
    with pytest.raises(Hint):
        expect_number("x", 0.001, right=0.0, task="think")


@pytest.mark.parametrize("found", [8704, 8704.0, np.int32(8704), np.float32(8704), [8704], Tensor(8704)])
def test_a_count_passes_whole(found: object) -> None:
    expect_count("parameters", found, right=8704, task="count")


def test_a_count_is_not_rounded() -> None:
    for found, words in ((8700, "8700; count"), (8703.9, "count"), (576, "576, the depthwise half")):
        with pytest.raises(Hint, match=f"^parameters: found .*{words}"):
            expect_count("parameters", found, right=8704, mistakes=[(576, "the depthwise half")], task="count")


@pytest.mark.parametrize("value", NO_NUMBER, ids=lambda value: type(value).__name__)
def test_what_is_no_number_gets_a_hint_that_names_its_field(value: object) -> None:
    with pytest.raises(Hint, match=r"^noise: found .*expected a number"):
        number("noise", value)
    with pytest.raises(Hint, match=r"^noise: found .*expected"):
        numbers("noise", value, (3, 2))


def test_an_object_that_breaks_whatever_is_asked_of_it_gets_a_hint() -> None:
    for read in (number, lambda name, value: numbers(name, value, (1,))):
        with pytest.raises(Hint, match=r"^x: found Hostile, expected "):
            read("x", Hostile())


@pytest.mark.parametrize("text", ["0.85", "85%", " 3 ", "1e-3"])
def test_a_number_in_quotes_is_told_so(text: str) -> None:
    with pytest.raises(Hint, match=r"found the text .*, without quotes"):
        number("x", text)


@given(ANYTHING, st.sampled_from([expect_number, expect_share, expect_percent, expect_count]))
def test_anything_at_all_passes_or_gets_a_hint(value: object, expect: Expect) -> None:
    try:
        found = number("x", value)
    except Hint:
        found = math.nan
    if any(agrees(found, right) for right in (17, 1700, 0.17)):
        return
    with pytest.raises(Hint, match=r"^x: found "):
        expect("x", value, right=17, mistakes=[(0.5, "a half")], task="think")


@given(ANYTHING)
def test_anything_at_all_as_many_numbers_gets_a_hint(value: object) -> None:
    with pytest.raises(Hint, match=r"^x: "):
        expect_numbers("x", value, right=np.array([0.1, 0.2, 0.3, 0.4]), task=lambda place: f"look at {place}")


SCORES = np.array([0.1234, 0.5678, 0.9, 0.0])


@pytest.mark.parametrize(
    "found",
    [
        SCORES,
        SCORES.tolist(),
        tuple(SCORES),
        SCORES.astype(np.float32),
        SCORES.round(3),
        100 * SCORES,
        Tensor([*SCORES]),
    ],
)
def test_many_numbers_pass_in_any_form(found: object) -> None:
    expect_numbers("score", found, right=SCORES, task=str, shares=True)


def test_many_numbers_of_another_kind_are_named() -> None:
    mistakes = [(1 - SCORES, "the probability of the right part")]
    for found in (1 - SCORES, (100 * (1 - SCORES)).round(1)):
        with pytest.raises(Hint, match=r"^score: found the probability of the right part$"):
            expect_numbers("score", found, right=SCORES, mistakes=mistakes, task=str, shares=True)
    with pytest.raises(Hint, match=r"^score: look at 2$"):
        expect_numbers("score", [0.1234, 0.5678, 0.2, 0.0], right=SCORES, task=lambda place: f"look at {place}")
    with pytest.raises(Hint, match=r"^score: look at 1$"):
        expect_numbers("score", [0.1234, math.nan, 0.2, 0.0], right=SCORES, task=lambda place: f"look at {place}")
    with pytest.raises(Hint, match=r"^score: found numbers of shape \(4, 1\), expected \(4,\)$"):
        expect_numbers("score", SCORES[:, None], right=SCORES, task=str)


def test_nan_is_right_where_the_right_value_is_nan() -> None:
    expect_numbers("recalls", [0.5, math.nan], right=np.array([0.5, math.nan]), task=str)
    with pytest.raises(Hint, match=r"look at 1"):
        expect_numbers("recalls", [0.5, 0], right=np.array([0.5, math.nan]), task=lambda place: f"look at {place}")


def test_tensors_of_tensorflow_are_numbers() -> None:
    from aoi_modules.tf import tf

    for tensor in (tf.constant(0.853), tf.Variable([0.853]), tf.constant([[0.853]], tf.float64)):
        expect_share("x", tensor, right=0.8534, task="think")
    expect_number("x", tf.constant(0.5, tf.bfloat16), right=0.5, task="think")
    with pytest.raises(Hint, match=r"x: found "):
        number("x", tf.constant("0.5"))
