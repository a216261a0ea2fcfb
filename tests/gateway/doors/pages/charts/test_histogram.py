"""Histograms of scores: every part is counted once, and one part is seen."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.histogram import Scores, histogram
from aoi_modules.verdict import Limits
from tests.gateway.doors.pages.charts.drawings import check, signs

values = st.lists(st.floats(0, 1), max_size=60)


@settings(max_examples=20)
@given(values, values, st.floats(0, 0.9), st.floats(0.01, 0.1))
def test_any_scores_make_a_chart_and_each_counts_once(
    good: list[float], bad: list[float], low: float, width: float
) -> None:
    kinds = [Scores("judged good", "fine", good), Scores("judged defective", "defective", bad)]
    chart = histogram(kinds, (low, low + width), in_force=Limits(0.5), tried=Limits(0.25))
    check(chart)
    assert sum(int(row[2]) for row in chart.rows) == len(good)
    assert sum(int(row[3]) for row in chart.rows) == len(bad)


def test_what_it_shows() -> None:
    chart = histogram(
        [Scores("judged good", "fine", [0.1] * 500 + [0.9]), Scores("judged defective", "defective", [1.0])], (0.0, 1.0)
    )
    assert chart.about == "Scores of parts: 501 judged good, 1 judged defective."
    assert (signs(chart, "block fine"), signs(chart, "block defective")) == (2, 1)
    assert chart.rows[-1] == ("0.975", "1", "0", "1")
    assert [key.meaning for key in chart.keys] == ["judged good: 501", "judged defective: 1"]
