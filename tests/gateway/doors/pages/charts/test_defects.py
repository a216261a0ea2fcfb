"""Pareto's chart: all defects are named, and the line ends at all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.defects import defects
from aoi_modules.results.quality.pareto import pareto
from tests.gateway.doors.pages.charts.drawings import check, signs


@settings(max_examples=20)
@given(st.dictionaries(st.text(max_size=40), st.floats(1e-3, 1e7), min_size=1, max_size=14))
def test_any_counts_make_a_chart(counts: dict[str, float]) -> None:
    check(defects(pareto(counts)))


def test_what_it_says() -> None:
    chart = defects(pareto({"crack": 60, "<b>": 30.4, "": 10}))
    assert chart.about == "Defects: crack are 59.8% of all, the first 2 together 90.0%."
    assert chart.rows == (
        ("crack", "60", "59.8%", "59.8%"),
        ("<b>", "30.4", "30.3%", "90.0%"),
        ("(not named)", "10", "9.96%", "100%"),
    )
    assert "&lt;b&gt;" in chart.drawings[0]
    assert (signs(chart, "block"), signs(chart, "dot total"), signs(chart, "line total")) == (3, 3, 1)


def test_one_defect_and_many() -> None:
    assert defects(pareto({"crack": 3})).about == "Defects: crack are 100% of all."
    many = defects(pareto({f"defect {number:02}": 1.0 for number in range(30)}))
    assert many.rows[-1][0] == "21 others"
