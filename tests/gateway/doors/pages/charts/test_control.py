"""The p-chart: signals have a form of their own, and a group of two parts hides no limits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.control import control
from aoi_modules.results.quality.p_chart import Group, p_chart
from tests.gateway.doors.pages.charts.drawings import check, signs

groups = st.tuples(st.text(max_size=20), st.integers(0, 500), st.integers(1, 500)).map(
    lambda of: Group(label=of[0], defective=min(of[1], of[2]), total=of[2])
)


@settings(max_examples=20)
@given(st.lists(groups, min_size=1, max_size=30))
def test_any_groups_make_a_chart(some: list[Group]) -> None:
    check(control(p_chart(some), by="lot"))


def group(day: int, defective: int) -> Group:
    return Group(label=f"2026-11-{day:02}", defective=defective, total=1000)


def test_signals_are_seen_and_said() -> None:
    calm = [group(day, 20 + day % 2) for day in range(1, 8)]
    low = [group(day, 19) for day in range(8, 17)]
    chart = control(p_chart([*calm, *low, group(17, 80)], centre=0.0205), by="day")
    assert chart.about == (
        "Share of failed parts by day: not in control, 2.05% expected; 1 beyond a limit, 2 in a long run on one side."
    )
    assert (signs(chart, "dot outside"), signs(chart, "dot run"), signs(chart, "dot share")) == (1, 2, 14)
    assert chart.rows[-1][-1] == "above the limit"
    assert chart.rows[-2][-1] == "long run"


def test_a_line_in_control() -> None:
    chart = control(p_chart([Group(label="", defective=20, total=1000)]), by="lot")
    assert chart.about == "Share of failed parts by lot: in control, 2.00% expected; no signal."
    assert chart.rows == (("(none)", "20", "1,000", "2.00%", "0.672% to 3.33%", ""),)


def test_small_groups_do_not_set_the_axis() -> None:
    small = Group(label="a small lot", defective=0, total=2)
    chart = control(p_chart([*(group(day, 20) for day in range(1, 9)), small]), by="lot")
    assert ">4%<" in chart.drawings[0]
    assert ">50%<" not in chart.drawings[0]
    assert "(exact)" in chart.rows[-1][4]
