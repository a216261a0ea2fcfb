"""Plots have a panel for each question, a band for each fault, and all labels that were found."""

from typing import Any

from aoi_modules.study.watching import metric_plots, questions, recorded
from aoi_modules.study.watching.answers import Sample
from aoi_modules.study.watching.shift import NORMAL

WATCH = recorded.read().watch()


def test_a_histogram_has_a_bar_for_each_bucket() -> None:
    buckets = WATCH.ask(questions.buckets("tile"), NORMAL)
    plot = metric_plots.kinds(buckets, title="Three kinds")
    assert [axes.get_title().partition(":")[0] for axes in plot.axes] == ["counter", "gauge", "histogram"]
    bars: list[Any] = list(plot.axes[2].patches)
    heights = [bar.get_height() for bar in bars]
    assert len(heights) == len(buckets)
    assert heights == sorted(heights)
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_a_counter_and_its_rate_have_a_line_for_each_verdict() -> None:
    counted = WATCH.over(questions.counted("tile"))
    plot = metric_plots.growth(counted, WATCH.over(questions.speeds("tile", WATCH.window)), title="Tiles")
    for axes in plot.axes:
        assert {line.get_label() for line in axes.get_lines()} == {"PASS", "REVIEW", "FAIL"}
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_each_panel_has_its_bands() -> None:
    plot = metric_plots.panels(WATCH, title="A shift")
    assert [axes.get_title(loc="left") for axes in plot.axes] == list(questions.panels(WATCH.window))
    for axes in plot.axes:
        assert {text.get_text() for text in axes.texts} == set("ABCD")
        assert axes.get_lines()
    assert plot._repr_png_().startswith(b"\x89PNG")


def test_a_table_has_a_row_for_each_value() -> None:
    rows = [Sample({"verdict": "PASS"}, 3.0), Sample({"verdict": "FAIL"}, 0.25)]
    assert metric_plots.table(rows) == "FAIL  0.25\nPASS  3"
    assert metric_plots.table([]) == "nothing"
