"""Plots of quality show what is known with its interval, and say what is not."""

from typing import Any

from aoi_modules.study.station import quality_plots

UNKNOWN = {"value": None, "interval": None}


def known(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "interval": [low, high]}


def texts(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def panels(plot: Any) -> Any:
    """Its axes, as matplotlib does not type what they hold."""
    return plot.axes


def test_a_rate_is_a_dot_with_its_interval_or_the_word_unknown() -> None:
    moments = {
        "before": {"escape": UNKNOWN, "overkill": UNKNOWN, "first_pass": known(0.9, 0.8, 0.95)},
        "after": {"escape": known(0.2, 0.1, 0.4), "overkill": UNKNOWN, "first_pass": known(0.9, 0.8, 0.95)},
    }
    plot = quality_plots.rates(moments, truth={"escape": 0.25}, title="A line")
    escape, overkill, first_pass = panels(plot)
    assert texts(escape) == ["unknown", "20.0%"]
    assert texts(overkill) == ["unknown", "unknown"]
    assert texts(first_pass) == ["90.0%", "90.0%"]
    assert [line.get_xdata()[0] for line in escape.lines if line.get_linestyle() == "--"] == [0.25]
    assert [label.get_text() for label in escape.get_yticklabels()] == ["before", "after"]
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_defects_come_as_they_are_told_with_what_they_make_together() -> None:
    bars = [{"name": "crack", "count": 6.7, "cumulative": 0.67}, {"name": "scratch", "count": 3.3, "cumulative": 1.0}]
    plot = quality_plots.defects(bars, title="Defects")
    counts, together = panels(plot)
    assert [round(bar.get_height(), 1) for bar in counts.patches] == [6.7, 3.3]
    assert list(together.lines[0].get_ydata()) == [0.67, 1.0]
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_the_desk_draws_what_is_known_and_both_limits() -> None:
    curve = [
        {"threshold": threshold, "escape": UNKNOWN, "overkill": known(0.5 - threshold / 2, 0.0, 0.6)}
        for threshold in (0.2, 0.6)
    ]
    told = {"curve": curve, "in_force": {"threshold": 0.5}, "wanted": None}
    (axes,) = panels(quality_plots.desk(told, title="The desk"))
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["escape rate: unknown", "overkill rate", "in force: 0.500"]
    assert list(axes.lines[1].get_xdata()) == [0.2, 0.6]


def test_a_desk_of_which_all_is_known() -> None:
    curve = [{"threshold": 0.4, "escape": known(0.1, 0.0, 0.2), "overkill": known(0.3, 0.2, 0.4)}]
    told = {"curve": curve, "in_force": {"threshold": 0.5}, "wanted": {"threshold": 0.4}}
    plot = quality_plots.desk(told, title="The desk")
    assert [text.get_text() for text in panels(plot)[0].get_legend().get_texts()][-1] == "wanted: 0.400"
    assert plot._repr_png_().startswith(b"\x89PNG")
