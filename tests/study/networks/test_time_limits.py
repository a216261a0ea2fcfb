"""Two lines with different time for a picture."""

from aoi_modules.study.networks.time_limits import FAST, SLOW, time_limits
from tests.study.networks.test_baseline import row


def test_the_fast_line_has_no_time_for_the_best_row() -> None:
    rows = (row("best", 16.0, 0.95), row("quick", 1.0, 0.8), row("middle", 4.0, 0.9))
    limits = time_limits(rows)
    assert limits == {FAST: 8.0, SLOW: 32.0}


def test_the_best_row_stays_where_it_is_the_fastest() -> None:
    limits = time_limits((row("slow", 16.0, 0.8), row("best", 4.0, 0.9)))
    assert 4.0 < limits[FAST] < 16.0


def test_one_row_is_enough() -> None:
    assert time_limits((row("only", 4.0, 0.8),)) == {FAST: 4.0, SLOW: 8.0}
