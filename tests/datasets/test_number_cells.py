"""Numbers in the ways that people and their programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.number_cells import COMMA, POINT, Cell, decimal_mark, number
from aoi_modules.errors import Argument, DataError


def mark(*texts: str, doubt_points: bool = False) -> str:
    cells = [Cell(text, f"line {i}") for i, text in enumerate(texts)]
    return decimal_mark("parts.csv", cells, doubt_points=doubt_points, way_out=Argument("decimal", ...))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.52", 1.52), ("-3", -3), ("+.5", 0.5), ("5.", 5), ("1e-3", 1e-3), ("\u22125.5", -5.5), ("1,234.5", 1234.5),
        ("1,234,567", 1234567), ("1 234.5", 1234.5), ("1\u00a0234\u00a0567", 1234567), ("1'234.5", 1234.5),
        ("1e400", float("inf")), ("1.5E+03", 1500),
        ("1,52", None), ("0,125", None), ("12,34,567", None), ("1 23", None), ("nan", None), ("inf", None),
        ("1_000", None), ("", None), ("tall", None), ("1.2.3", None), ("0x10", None), ("0 123", None), ("1.5 mm", None),
    ],
)  # fmt: skip
def test_numbers_with_a_point(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1,52", 1.52), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("-,5", -0.5), ("1.52", None)]
)
def test_numbers_with_a_comma(text: str, value: float | None) -> None:
    assert number(text, COMMA) == value


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 3)), st.sampled_from(["", ",", " ", "'"]))
def test_what_is_written_is_read(value: float, between: str) -> None:
    text = f"{value:,.3f}".replace(",", between)
    assert number(text) == value
    if between != ",":
        assert number(text.replace(".", ","), COMMA) == value


def test_one_cell_tells_for_all() -> None:
    assert mark("1,520", "1,5") == COMMA
    assert mark("1,520", "1.5") == POINT
    assert mark("1.520", "2.750") == POINT
    assert mark("7", "1e5") == POINT
    assert mark("1.520", "0,1", doubt_points=True) == COMMA


@pytest.mark.parametrize(("texts", "doubt"), [(("7", "1,520"), False), (("7", "1.520"), True)])
def test_what_may_be_two_numbers_is_refused(texts: tuple[str, ...], doubt: bool) -> None:
    with pytest.raises(DataError, match=r"line 1: .* may have a fraction or thousands") as caught:
        mark(*texts, doubt_points=doubt)
    assert "`decimal=...`" in caught.value.hint


def test_two_ways_in_one_file_are_refused() -> None:
    with pytest.raises(DataError, match=r"'1,5' in line 1 with a decimal comma, '1\.5' in line 0 with a point"):
        mark("1.5", "1,5")
