"""Draws what blocks and backbones cost, and how well they do. As in `plots`, each function returns a figure."""

from collections.abc import Mapping, Sequence
from math import hypot

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import Plot, title_of
from aoi_modules.study.networks.baseline import Baseline, Row
from aoi_modules.study.networks.block_models import Cost
from aoi_modules.study.networks.label_places import Rectangle, places
from aoi_modules.training.reporting.result_plots import COLOURS, QUIET, STYLES

MARK = 6
"""Half the side of a marker, in points."""
FAR = 12
"""Points between a point and its label from which on a thin line joins them."""


def bars(costs: Mapping[str, Cost], *, title: str = "Cost") -> Plot:
    """Draws parameters, multiply-adds and measured latency side by side, one bar a name."""
    names = list(costs)
    panels = {
        "parameters (thousands)": [cost.parameters / 1e3 for cost in costs.values()],
        "multiply-adds (millions)": [cost.multiply_adds / 1e6 for cost in costs.values()],
        "latency (ms)": [cost.latency.milliseconds for cost in costs.values()],
    }
    plot = Plot(figsize=(11, 0.45 * len(names) + 1.4), layout="constrained")
    for place, (axes, (label, values)) in enumerate(zip(plot.subplots(1, 3, sharey=True), panels.items(), strict=True)):
        drawn = axes.barh(names, values, color=COLOURS[place])
        axes.bar_label(drawn, fmt="%.3g", padding=3, fontsize=8)
        axes.margins(x=0.2)
        axes.set_xlabel(label)
    axes.invert_yaxis()  # shared by all three
    plot.suptitle(title)
    return plot


def accuracy_over_latency(baseline: Baseline, *, title: str = "What the famous networks give") -> Plot:
    """Draws AUROC with its interval over latency; hollow gray squares have random weights. No label covers another."""
    plot = Plot(figsize=(9, 5.5))
    plot.subplots_adjust(left=0.08, right=0.98, bottom=0.12, top=0.85)
    axes = plot.subplots()
    for row in baseline.rows:
        _point(axes, row)
    axes.axhline(0.5, color=QUIET, linestyle=":", linewidth=1)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_ylim(min(0.4, *(row.auroc_low - 0.03 for row in baseline.rows)), 1.03)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("milliseconds for one picture (logarithmic): further left is faster")
    axes.set_ylabel("AUROC: further up is better")
    axes.grid(alpha=0.25, which="both")
    axes.legend(handles=_legend(), loc="upper left", bbox_to_anchor=(0, 1.1), ncols=3, fontsize=9, frameon=False)
    plot.suptitle(title_of(title, baseline.data, baseline.profile))
    _labels(plot, axes, baseline.rows)
    return plot


def comparison(
    figures: Mapping[str, Sequence[float]],
    origin: DataOrigin,
    *,
    title: str,
    measure: str,
    profile: str = "",
    second_phase: int = 0,
) -> Plot:
    """Draws a measure over the epochs for several ways of training.

    Args:
        figures: way -> value of the measure after each epoch.
        origin: of the pictures.
        title: of the plot.
        measure: name of the measure.
        profile: of the training.
        second_phase: epochs of the first phase; a line marks its end. 0 for a training in one phase.
    """
    plot = Plot(figsize=(7.5, 4), layout="constrained")
    axes = plot.subplots()
    for place, (name, values) in enumerate(figures.items()):
        axes.plot(
            range(1, len(values) + 1), values, label=name, color=COLOURS[place], linestyle=STYLES[place % len(STYLES)]
        )
    if second_phase:
        axes.axvline(second_phase + 0.5, color=QUIET, linestyle=":", label="phase two begins")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(measure)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    plot.suptitle(title_of(title, origin, profile))
    return plot


def _point(axes: Axes, row: Row) -> None:
    spread = [[max(0.0, row.auroc - row.auroc_low)], [max(0.0, row.auroc_high - row.auroc)]]
    axes.errorbar(
        row.latency_ms,
        row.auroc,
        yerr=spread,
        marker="o" if row.pretrained else "s",
        markersize=9,
        markerfacecolor=COLOURS[0] if row.pretrained else "white",
        color=COLOURS[0] if row.pretrained else QUIET,
        capsize=3,
        linewidth=1.2,
    )


def _legend() -> list[Line2D]:
    random = "RANDOM weights: read its latency only"
    return [
        Line2D([], [], marker="o", color=COLOURS[0], linestyle="none", label="ImageNet weights"),
        Line2D([], [], marker="s", markerfacecolor="white", color=QUIET, linestyle="none", label=random),
        Line2D([], [], color=QUIET, linestyle=":", label="0.5: tossing a coin"),
    ]


def _labels(plot: Plot, axes: Axes, rows: Sequence[Row]) -> None:
    """Writes the names where they cover nothing, with a thin line to the point when that is far."""
    canvas = FigureCanvasAgg(plot)
    canvas.draw()  # only now are the axes' limits final
    to_points = 72 / plot.dpi
    at = [to_points * axes.transData.transform((row.latency_ms, row.auroc)) for row in rows]
    ends = [
        [to_points * axes.transData.transform((row.latency_ms, value))[1] for value in (row.auroc_low, row.auroc_high)]
        for row in rows
    ]
    texts = [
        axes.annotate(
            row.label, (row.latency_ms, row.auroc), (0, 0), textcoords="offset points", fontsize=9, va="bottom"
        )
        for row in rows
    ]
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
    inner = axes.get_window_extent()
    found = places(
        [(float(x), float(y)) for x, y in at],
        [(box.width * to_points + 4, box.height * to_points + 2) for box in boxes],
        Rectangle(*(float(edge) * to_points for edge in inner.extents)),
        [Rectangle(float(x) - MARK, low, float(x) + MARK, high) for (x, _), (low, high) in zip(at, ends, strict=True)],
    )
    for text, place, (x, y) in zip(texts, found, at, strict=True):
        text.set_position((place.left - float(x) + 2, place.bottom - float(y) + 1))
        edge = (_nearest(float(x), place.left, place.right), _nearest(float(y), place.bottom, place.top))
        if hypot(edge[0] - float(x), edge[1] - float(y)) > FAR:
            line = {"arrowstyle": "-", "color": QUIET, "lw": 0.6, "shrinkA": 0, "shrinkB": MARK}
            offset = (edge[0] - float(x), edge[1] - float(y))
            axes.annotate("", text.xy, offset, textcoords="offset points", arrowprops=line)


def _nearest(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
