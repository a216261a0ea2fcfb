"""Plots of a sweep and of a race."""

import keras
import numpy as np
import pytest
from matplotlib.text import Text

from aoi_modules.plots import STAND_IN, Plot
from aoi_modules.study.training.learning_plots import optimizer_race, rate_sweep, schedules
from aoi_modules.study.training.learning_rate_finder import RateSweep
from tests.training.small import ORIGIN

LOSSES = np.concatenate([np.full(20, 2.0), np.linspace(2, 0.5, 20), np.linspace(0.5, 40, 10)])
SWEEP = RateSweep(np.geomspace(1e-5, 1, 50), LOSSES, True)


def texts(plot: Plot) -> str:
    assert plot._repr_png_().startswith(b"\x89PNG")
    return "\n".join(text.get_text() for text in plot.findobj(Text) if isinstance(text, Text))


def test_a_sweep_shows_its_suggestion_and_not_the_whole_cliff() -> None:
    plot = rate_sweep(SWEEP, ORIGIN, profile="ci")
    shown = texts(plot)
    assert f"suggestion {SWEEP.suggestion:.1e}" in shown
    assert "exploded" in shown
    assert f"profile ci, {STAND_IN}" in shown
    assert plot.axes[0].get_ylim()[1] < 4


def test_an_empty_sweep_is_a_plot_too() -> None:
    assert "suggestion" not in texts(rate_sweep(RateSweep(np.array([]), np.array([]), True), ORIGIN))


def test_a_race_names_everybody_and_ends_a_line_where_it_exploded() -> None:
    wild = np.array([2.0, 30.0, 900.0, np.nan, np.nan])
    plot = optimizer_race({"SGD": np.linspace(2, 1, 5), "wild": wild}, ORIGIN, profile="ci")
    assert "SGD" in texts(plot)
    assert "wild" in texts(plot)
    assert [len(line.get_xdata()) for line in plot.axes[0].lines] == [5, 3]  # type: ignore[arg-type]
    assert plot.axes[0].get_ylim()[1] < 10
    assert texts(optimizer_race({"lost": np.array([np.nan])}, ORIGIN))


def test_schedules_are_drawn_step_by_step() -> None:
    halved = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    plot = schedules({"constant": 0.1, "halved": halved}, steps=3)
    assert "halved" in texts(plot)
    constant, falling = (line.get_ydata() for line in plot.axes[0].lines)
    assert list(constant) == [0.1, 0.1, 0.1]  # type: ignore[arg-type]
    assert list(falling) == pytest.approx([0.1, 0.05, 0.025])  # type: ignore[arg-type]
