"""Bad rows: named and counted, or told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.bad_rows import NAMED, BadRow, leave_out
from aoi_modules.errors import DataError

ROWS = [BadRow(f"houses.txt, line {n}", f"price: expected more than 0. Received: -{n}") for n in range(1, 8)]


def test_good_rows_pass() -> None:
    assert leave_out([], 10, skip_bad=False) == ()
    assert leave_out([], 0, skip_bad=True) == ()


def test_the_error_names_the_first_and_counts_all() -> None:
    with pytest.raises(DataError) as caught:
        leave_out(ROWS, 120, skip_bad=False)
    assert caught.value.message.startswith("7 of 120 rows cannot be used:")
    assert all(str(row) in caught.value.message for row in ROWS[:NAMED])
    assert str(ROWS[NAMED]) not in caught.value.message
    assert "and 2 more" in caught.value.message
    assert caught.value.hint == "`skip_bad=True` leaves them out"


def test_a_few_are_all_named() -> None:
    with pytest.raises(DataError) as caught:
        leave_out(ROWS[:3], 120, skip_bad=False, unit="pictures")
    assert caught.value.message.startswith("3 of 120 pictures")
    assert "more\n" not in caught.value.message


def test_skipping_all_leaves_nothing_and_is_refused() -> None:
    with pytest.raises(DataError, match="7 of 7 rows") as caught:
        leave_out(ROWS, 7, skip_bad=True)
    assert caught.value.hint == ""


@given(st.lists(st.builds(BadRow, st.text(), st.text()), max_size=20))
def test_every_row_left_out_is_told(bad: list[BadRow]) -> None:
    assert leave_out(bad, 100, skip_bad=True) == tuple(f"{row.where}: {row.why}" for row in bad)
