"""Trends: an unknown rate is neither 0 nor a gap, and one long interval does not hide the others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.trend import trend
from aoi_modules.results.quality.figures import Figure
from tests.gateway.doors.pages.charts.drawings import check, signs


def rate(value: float, low: float | None = None, high: float | None = None) -> Figure:
    interval = (value if low is None else low, value if high is None else high)
    return Figure(value=value, interval=interval, parts=100, sampled=10, asked=0, counted=1, of=1, effective=10)


UNKNOWN = Figure(unknown="nothing of 7 parts with PASS was judged at random", parts=7, sampled=0, asked=0)
share = st.floats(0, 1)
figures = st.one_of(
    st.just(UNKNOWN), st.tuples(share, share, share).map(lambda of: rate(sorted(of)[1], min(of), max(of)))
)


some = st.lists(st.tuples(st.text(max_size=30), figures), max_size=20)


@settings(max_examples=20)
@given(some, st.sampled_from(["day", "shift"]), st.booleans())
def test_any_figures_make_a_chart(groups: list[tuple[str, Figure]], by: str, from_zero: bool) -> None:
    check(trend(groups, what="escape rate", by=by, sign="escape", from_zero=from_zero))


def test_what_is_unknown_is_marked_and_said() -> None:
    groups = [("2026-11-01", rate(0.1)), ("2026-11-02", UNKNOWN), ("2026-11-03", rate(0.2)), ("2026-11-04", rate(0.3))]
    chart = trend(groups, what="escape rate", by="day", sign="escape")
    assert chart.about == "Escape rate by day: 4 in all, 1 unknown; from 10.0% (2026-11-01) to 30.0% (2026-11-04)."
    assert (signs(chart, "dot escape"), signs(chart, "unknown")) == (3, 2), "two elements for the one that is unknown"
    assert signs(chart, "line escape") == 1, "no line leads over what is unknown"
    assert "2026-11-02: unknown, nothing of 7 parts with PASS was judged at random" in chart.drawings[0]
    assert chart.rows[1] == ("2026-11-02", "unknown", "", "7", "0", UNKNOWN.unknown)
    assert chart.rows[0] == ("2026-11-01", "10.0%", "10.0% to 10.0%", "100", "10", "")


def test_nothing_known_at_all() -> None:
    chart = trend([("", UNKNOWN)], what="overkill rate", by="lot", sign="overkill")
    assert chart.about == "Overkill rate by lot: 1 in all, 1 unknown."
    assert chart.rows[0][0] == "(none)"


def test_shifts_do_not_follow_each_other_so_nothing_joins_them() -> None:
    chart = trend([("early", rate(0.1)), ("late", rate(0.2))], what="escape rate", by="shift", sign="escape")
    assert signs(chart, "line escape") == 0


def test_an_interval_of_everything_leaves_the_axis_to_the_others() -> None:
    groups = [(f"2026-11-{day:02}", rate(0.02, 0.01, 0.03)) for day in range(1, 20)]
    chart = trend([*groups, ("2026-11-20", rate(0.02, 0.0, 1.0))], what="escape rate", by="day", sign="escape")
    assert ">3%<" in chart.drawings[0]
    assert ">100%<" not in chart.drawings[0]
