"""Plots of curves say what they show, and on which data."""

import msgspec
import numpy as np
import pytest
from matplotlib.text import Text

from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import STAND_IN, Plot
from aoi_modules.training.measuring import curves, metrics, thresholds
from aoi_modules.training.measuring.error_costs import Prices, cost_curve
from aoi_modules.training.reporting import result_plots
from tests.training.small import ORIGIN

REAL = msgspec.structs.replace(ORIGIN, stand_in=False)
RANDOM = np.random.default_rng(0)
LABELS = np.repeat(np.array([1, 0], np.int64), [30, 90])
SCORES = np.concatenate([np.sqrt(RANDOM.random(30)), 1 - np.sqrt(RANDOM.random(90))]).astype(np.float32)
CHOICE = thresholds.choose(SCORES, LABELS, 0.05)
RATES = metrics.rates(SCORES, LABELS, CHOICE.threshold)
NAMES = ["roc", "precision_recall", "calibration", "overkill_over_escape", "cost_curve"]


def drawn(name: str, origin: DataOrigin = REAL) -> Plot:
    heads = ("open", "short")
    return {
        "roc": lambda: result_plots.roc({head: curves.roc(SCORES, LABELS) for head in heads}, origin, profile="ci"),
        "precision_recall": lambda: result_plots.precision_recall(
            {head: curves.precision_recall(SCORES, LABELS) for head in heads}, origin, profile="ci"
        ),
        "calibration": lambda: result_plots.calibration(curves.calibration(SCORES, LABELS), origin, profile="ci"),
        "overkill_over_escape": lambda: result_plots.overkill_over_escape(
            curves.overkill_over_escape(SCORES, LABELS), origin, profile="ci", choice=CHOICE, measured=RATES
        ),
        "cost_curve": lambda: result_plots.cost_curve(
            cost_curve(SCORES, LABELS, Prices(400, 3, 0.004)), origin, profile="ci", threshold=0.4
        ),
    }[name]()


def texts(plot: Plot) -> str:
    return "\n".join(text.get_text() for text in plot.findobj(Text) if isinstance(text, Text))


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_names_profile_and_drawn_data_and_only_that(name: str) -> None:
    assert texts(drawn(name, ORIGIN)).count(STAND_IN) == 1
    assert STAND_IN not in texts(drawn(name))
    assert "profile ci" in texts(drawn(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_is_a_picture_with_named_axes(name: str) -> None:
    plot = drawn(name)
    assert plot._repr_png_().startswith(b"\x89PNG")
    assert all(axes.get_ylabel() for axes in plot.axes)
    assert plot.axes[-1].get_xlabel()


def test_every_head_is_in_the_legend_with_its_figure() -> None:
    area = metrics.auroc(SCORES, LABELS)
    assert f"open: area {area:.3f}\nshort: area {area:.3f}" in texts(drawn("roc"))
    assert f"open: average precision {metrics.average_precision(SCORES, LABELS):.3f}" in texts(
        drawn("precision_recall")
    )


def test_the_chosen_threshold_comes_with_its_interval() -> None:
    text = texts(drawn("overkill_over_escape"))
    low, high = CHOICE.interval
    assert f"threshold {CHOICE.threshold:.3f} (95%: {low:.3f} to {high:.3f})" in text
    assert "chosen on 30 defective validation pictures" in text
    assert "target 5.0% escapes" in text
    assert "escape rate of 30 defective parts" in text


def test_the_measured_point_lies_on_the_curve() -> None:
    curve = curves.overkill_over_escape(SCORES, LABELS)
    escape, overkill = RATES
    assert (escape.value, overkill.value) in zip(curve.escape, curve.overkill, strict=True)


def test_curves_alone_are_plots_too() -> None:
    curve = curves.overkill_over_escape(SCORES, LABELS)
    assert "target" not in texts(result_plots.overkill_over_escape(curve, REAL))
    assert "measured (95%)" in texts(result_plots.overkill_over_escape(curve, REAL, measured=RATES))
    assert "chosen" not in texts(result_plots.cost_curve(cost_curve(SCORES, LABELS, Prices(1, 1, 0.5)), REAL))


def test_the_cheapest_threshold_and_the_prices_are_told() -> None:
    curve = cost_curve(SCORES, LABELS, Prices(400, 3, 0.004))
    text = texts(drawn("cost_curve"))
    assert f"at {curve.cheapest_threshold:.3f}" in text
    assert "an escape 400, an overkill 3, 0.4% of parts defective" in text
    assert "chosen threshold 0.400" in text


def test_calibration_of_a_class_head_has_words_of_its_own() -> None:
    curve = curves.calibration(np.array([0.6, 1.0, 0.9], np.float32), np.array([0, 1, 1], np.int64))
    text = texts(result_plots.calibration(curve, REAL, claim="probability of the answer", event="right"))
    assert "share that is right" in text
    assert "probability of the answer" in text
