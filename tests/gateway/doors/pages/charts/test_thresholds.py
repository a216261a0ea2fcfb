"""The curve of a threshold desk ends where nothing is known, and shows what holds and what is tried."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.gateway.doors.pages.charts.thresholds import ends_of, thresholds
from aoi_modules.results.quality.desk import Effect
from aoi_modules.results.quality.figures import Figure
from aoi_modules.verdict import Limits
from tests.gateway.doors.pages.charts.drawings import check, signs
from tests.gateway.doors.pages.charts.test_trend import UNKNOWN, figures, rate

score = st.floats(0, 1)
effects = st.builds(Effect, threshold=score, escape=figures, overkill=figures)
limits = st.one_of(
    st.none(), score.map(Limits), st.tuples(score, score, score).map(lambda of: Limits(of[0], (min(of), max(of))))
)


@settings(max_examples=20)
@given(st.lists(effects, min_size=1, max_size=20), limits, limits)
def test_any_curve_makes_a_chart(curve: list[Effect], in_force: Limits | None, tried: Limits | None) -> None:
    curve.sort(key=lambda effect: effect.threshold)
    check(thresholds(curve, in_force=in_force, tried=tried))
    low, high = ends_of(curve, in_force, tried)
    assert low - 1e-9 <= curve[0].threshold <= curve[-1].threshold <= high + 1e-9


def effect(threshold: float, escape: Figure, overkill: Figure) -> Effect:
    return Effect(threshold=threshold, escape=escape, overkill=overkill)


CURVE = [effect(0.3, rate(0.1), rate(0.3)), effect(0.4, rate(0.2), rate(0.2)), effect(0.5, rate(0.3), rate(0.1))]


def test_what_it_shows() -> None:
    chart = thresholds(CURVE, in_force=Limits(0.45, (0.4, 0.45)), tried=Limits(0.6))
    assert chart.about == (
        "Escape and overkill rate for thresholds from 0.3 to 0.5, beyond which nothing is known; "
        "in force is 0.45, tried is 0.6."
    )
    assert signs(chart, "beyond") == 2
    assert (signs(chart, "line force"), signs(chart, "line tried"), signs(chart, "band force")) == (1, 1, 1)
    assert "in force 0.45" in chart.drawings[0]
    assert chart.rows[0] == ("0.3", "10.0%", "10.0% to 10.0%", "30.0%", "30.0% to 30.0%")
    assert [key.sign for key in chart.keys][-2:] == ["line force", "line tried"]


def test_without_limits_nothing_is_marked() -> None:
    chart = thresholds(CURVE)
    assert chart.about == "Escape and overkill rate for thresholds from 0.3 to 0.5, beyond which nothing is known."
    assert len(chart.keys) == 4


def test_a_rate_breaks_where_it_is_unknown_and_a_single_point_is_a_dot() -> None:
    chart = thresholds([*CURVE, effect(0.6, UNKNOWN, UNKNOWN), effect(0.7, rate(0.5), rate(0.0))])
    assert signs(chart, "line escape") == 2
    assert signs(chart, "dot escape") == 1
    assert chart.rows[3] == ("0.6", "unknown", "", "unknown", "")


def test_what_is_unknown_at_every_threshold_is_said() -> None:
    chart = thresholds([effect(0.3, UNKNOWN, UNKNOWN), effect(0.5, UNKNOWN, UNKNOWN)])
    assert chart.about.endswith("beyond which nothing is known; escape and overkill unknown.")
    assert all("escape and overkill: unknown</text>" in drawing for drawing in chart.drawings)


def test_scores_of_a_tenth_fill_the_axis() -> None:
    assert ends_of([effect(0.03, rate(0), rate(0)), effect(0.05, rate(0), rate(0))], Limits(0.04)) == pytest.approx(
        (0.025, 0.055)
    )
