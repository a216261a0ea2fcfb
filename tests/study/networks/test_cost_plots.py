"""Plots of cost and baseline: named, loud about random weights, and no label covers another."""

from itertools import combinations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation

from aoi_modules.study.networks.block_models import Cost
from aoi_modules.study.networks.cost_plots import accuracy_over_latency, bars, comparison
from aoi_modules.study.networks.latency import Latency
from tests.study.networks.test_baseline import ROWS, TABLE, row
from tests.test_plots import texts
from tests.training.small import ORIGIN


def test_bars_show_all_three_costs() -> None:
    costs = {name: Cost(1000 * n, 10**6 * n, Latency(n / 1000, 0, 0, 1)) for n, name in enumerate(("a", "b"), 1)}
    plot = bars(costs, title="Cost of blocks")
    shown = texts(plot)
    assert len(plot.axes) == 3
    for part in ("Cost of blocks", "parameters (thousands)", "multiply-adds (millions)", "latency (ms)"):
        assert part in shown


def test_random_weights_are_named_in_the_plot() -> None:
    shown = texts(accuracy_over_latency(TABLE))
    assert "blind, RANDOM weights" in shown
    assert "slow, RANDOM" not in shown
    assert "(profile ci, stand-in data)" in shown


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 300), st.floats(0.4, 1.0)), min_size=1, max_size=7))
def test_no_label_covers_another(points: list[tuple[float, float]]) -> None:
    rows = tuple(row(f"network-{n}", latency, auroc) for n, (latency, auroc) in enumerate(points))
    plot = accuracy_over_latency(msgspec.structs.replace(TABLE, rows=rows))
    renderer = FigureCanvasAgg(plot).get_renderer()
    labels = [text for text in plot.findobj(Annotation) if isinstance(text, Annotation) and text.get_text()]
    assert len(labels) == len(rows)
    boxes = [label.get_window_extent(renderer) for label in labels]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("count", [1, 3])
def test_a_few_rows_are_enough(count: int) -> None:
    assert accuracy_over_latency(msgspec.structs.replace(TABLE, rows=ROWS[:count]))._repr_png_()


def test_ways_of_training_are_compared() -> None:
    plot = comparison({"right": [0.5, 0.6], "wrong": [0.5, 0.4]}, ORIGIN, title="Rates", measure="AUROC", profile="ci")
    assert "Rates (profile ci, stand-in data)" in texts(plot)
    assert plot.axes[0].get_legend_handles_labels()[1] == ["right", "wrong"]
    phases = comparison({"right": [0.5, 0.6]}, ORIGIN, title="Rates", measure="AUROC", second_phase=1)
    assert phases.axes[0].get_legend_handles_labels()[1] == ["right", "phase two begins"]
