"""Columns that a model cannot or should not learn from."""

import pytest

from aoi_modules.datasets.folder.number_checks import (
    NumberColumn,
    check_digits,
    constant,
    is_serial,
    too_large,
    without_serials,
)
from aoi_modules.errors import DataError


def column(*values: float, name: str = "h") -> NumberColumn:
    return NumberColumn(name, range(2, 2 + len(values)), values)


def test_what_float32_holds() -> None:
    assert [too_large(value) for value in (3.4e38, -3.4e38, 3.5e38, -1e39, float("inf"))] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_whole_numbers_that_become_equal_are_refused_by_their_lines() -> None:
    with pytest.raises(DataError, match="h: 16777216 in line 2 and 16777217 in line 3 are one number"):
        check_digits("parts.csv", column(2**24, 2**24 + 1, 5))


def test_many_lost_digits_are_refused_and_few_are_told() -> None:
    with pytest.raises(DataError, match="one number to a model"):
        check_digits("parts.csv", column(*(1732855200 + i / 4 for i in range(9))))
    said = check_digits("parts.csv", column(1.5, 1.5 + 1e-12, *range(40)))
    assert (said or "").startswith("h: 1.5 in line 2 and 1.500000000001 in line 3 are one number")


def test_numbers_too_small_to_be_told_from_zero_are_told() -> None:
    assert check_digits("parts.csv", column(0.0, 1e-46, *range(1, 40))) is not None
    assert check_digits("parts.csv", column(1e-30, 2e-30, 0, -5, 5, 5)) is None


def test_serial_numbers_are_whole_and_all_different() -> None:
    assert is_serial(column(*range(100, 110)))
    assert not is_serial(column(*range(100, 110), 100))
    assert not is_serial(column(*(i / 2 for i in range(10))))
    assert not is_serial(column(1, 2, 3))


def test_without_anybody_to_ask_a_serial_number_is_an_error_with_both_ways_out() -> None:
    columns = [column(*range(9), name="serial"), column(*[1.5, 2.5, 3.5] * 3, name="h")]
    with pytest.raises(DataError) as caught:
        without_serials("parts.csv", columns, None)
    assert caught.value.hint == "`features=('h',)` leaves it out, `features=('serial', 'h')` learns from it"
    assert without_serials("parts.csv", columns, lambda what: False)[0] == ("h",)
    assert without_serials("parts.csv", columns, lambda what: True) == (("serial", "h"), [])


def test_a_constant_teaches_nothing() -> None:
    assert constant(column(7, 7, 7)) == "h: 7 in every row, so nothing can be learnt from it"
    assert constant(column(7, 7, 8)) is None
