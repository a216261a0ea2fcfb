"""Numbers in requests: digits of a bounded number, and nothing that Python would read besides."""

import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.whole_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("100", 100), ("007", 7)])
def test_digits(text: str, number: int) -> None:
    assert whole_number("limit", text, 100) == number


@pytest.mark.parametrize("text", ["", "0", "101", "-1", "+1", " 1", "1.0", "1e1", "1_0", "٣", "²", "9" * 5000])
def test_all_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadParameter, match="limit: expected 1 to 100"):
        whole_number("limit", text, 100)


def test_the_reader_may_say_what_it_expects() -> None:
    with pytest.raises(BadParameter, match="width: expected 1 to 9, for a raw frame"):
        whole_number("width", "ten", 9, expected="1 to 9, for a raw frame")
