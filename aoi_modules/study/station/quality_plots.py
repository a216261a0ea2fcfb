"""Draws what judgements say about a line: rates with their intervals, defects, and the curve of the threshold desk."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from aoi_modules.plots import Plot

RATE_COLOURS = {"escape": "#c05621", "overkill": "#2b6cb0", "first_pass": "#2f855a"}
RATE_NAMES = {"escape": "escape rate", "overkill": "overkill rate", "first_pass": "first pass yield"}
Figures = Mapping[str, Any]
"""JSON of `total` or of a group of `GET /v1/quality`."""


def rates(moments: Mapping[str, Figures], *, truth: Mapping[str, float] | None = None, title: str) -> Plot:
    """Draws each rate as a dot with its 95% interval, one row a moment; what is unknown is said in words.

    Args:
        moments: figures by the name of their moment, the first one on top.
        truth: the rate that a figure estimates, by its name, drawn as a grey line; where it is known.
        title: of the whole.
    """
    plot = Plot(figsize=(10, 1.4 + 0.5 * len(moments)), layout="constrained")
    panels = plot.subplots(1, len(RATE_NAMES), sharey=True)
    for panel, name in zip(panels, RATE_NAMES, strict=True):
        for row, figures in enumerate(moments.values()):
            _rate(panel, row, figures[name], RATE_COLOURS[name])
        if truth and name in truth:
            panel.axvline(truth[name], color="0.55", linestyle="--", linewidth=1, label="in truth")
            panel.legend(loc="lower right", fontsize=8)
        panel.set_title(RATE_NAMES[name], fontsize=10)
        panel.set_xlim(-0.03, 1.03)
        panel.xaxis.set_major_formatter(PercentFormatter(1.0))
    panels[0].set_yticks(range(len(moments)), list(moments))
    panels[0].set_ylim(len(moments) - 0.5, -0.5)
    plot.suptitle(title, fontsize=11)
    return plot


def defects(bars: Sequence[Mapping[str, Any]], *, title: str) -> Plot:
    """Draws Pareto's chart: the defects that cost most first, and the share that the first ones make together.

    Args:
        bars: JSON of `defects` of `GET /v1/quality`.
        title: of the plot.
    """
    plot = Plot(figsize=(7, 3.2), layout="constrained")
    axes = plot.subplots()
    places = range(len(bars))
    drawn = axes.bar(places, [bar["count"] for bar in bars], color=RATE_COLOURS["escape"])
    axes.bar_label(drawn, [f"{bar['count']:.0f}" for bar in bars], fontsize=8)
    axes.set_xticks(places, [bar["name"] for bar in bars], rotation=30, ha="right")
    axes.set(ylabel="parts, estimated", title=title)
    axes.margins(y=0.12)
    together = axes.twinx()
    together.plot(places, [bar["cumulative"] for bar in bars], "o-", color="0.3", markersize=4)
    together.set_ylim(0, 1.08)
    together.yaxis.set_major_formatter(PercentFormatter(1.0))
    together.set_ylabel("with those before")
    return plot


def desk(told: Mapping[str, Any], *, title: str) -> Plot:
    """Draws what thresholds would do: escape and overkill with their intervals, and the limits in force and wanted.

    Args:
        told: JSON of `GET /v1/limits/desk`.
        title: of the plot.
    """
    plot = Plot(figsize=(8, 4), layout="constrained")
    axes = plot.subplots()
    for name in ("escape", "overkill"):
        known = [effect for effect in told["curve"] if effect[name]["value"] is not None]
        if not known:
            axes.plot([], [], color=RATE_COLOURS[name], label=f"{RATE_NAMES[name]}: unknown")
            continue
        thresholds = [effect["threshold"] for effect in known]
        low, high = np.array([effect[name]["interval"] for effect in known]).T
        axes.fill_between(thresholds, low, high, color=RATE_COLOURS[name], alpha=0.15)
        values = [effect[name]["value"] for effect in known]
        axes.plot(thresholds, values, color=RATE_COLOURS[name], label=RATE_NAMES[name])
    for name, style in (("in_force", "-"), ("wanted", "--")):
        if told[name] is not None:
            threshold = told[name]["threshold"]
            label = f"{name.replace('_', ' ')}: {threshold:.3f}"
            axes.axvline(threshold, color="black", linestyle=style, linewidth=1, label=label)
    axes.set(xlabel="threshold", ylabel="rate", xlim=(-0.02, 1.02), ylim=(-0.03, 1.03), title=title)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return plot


def _rate(panel: Axes, row: int, figure: Mapping[str, Any], colour: str) -> None:
    if figure["value"] is None:
        panel.text(0.5, row, "unknown", ha="center", va="center", color="0.35", style="italic")
        return
    low, high = figure["interval"]
    panel.plot([low, high], [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
    panel.plot(figure["value"], row, "o", color=colour)
    panel.annotate(
        f"{figure['value']:.1%}", (figure["value"], row), (0, 7), textcoords="offset points", ha="center", fontsize=8
    )
