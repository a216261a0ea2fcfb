"""Draws what Prometheus says of a shift: three kinds of metrics, and panels over time with the stretches of faults."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from aoi_modules.plots import BAD_COLOUR, Plot
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.answers import Sample, Series, named
from aoi_modules.study.watching.shift import NORMAL
from aoi_modules.study.watching.watch import Watch

COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b83280", "#4a5568")
BAND = "#fde8d0"


def kinds(buckets: Sequence[Sample], *, title: str) -> Plot:
    """Draws the three kinds of metrics as they would be read at a machine, with real buckets of a histogram.

    Args:
        buckets: counts by their label `le`, cumulative.
        title: of the drawing.
    """
    plot = Plot(figsize=(12, 3.4), layout="constrained")
    counter, gauge, histogram = plot.subplots(1, 3)
    plot.suptitle(title, fontsize=11, x=0.01, ha="left")
    counter.plot(range(12), [0, 3, 5, 9, 12, 12, 15, 19, 0, 2, 6, 8], drawstyle="steps-post", color=COLOURS[0])
    counter.annotate("the program\nstarts again", (8, 0.5), (4.6, 2), fontsize=8, arrowprops={"arrowstyle": "->"})
    counter.set(title="counter: only grows", xlabel="seconds", ylabel="parts judged since the start")
    gauge.plot(range(12), [2, 4, 3, 6, 8, 5, 2, 1, 3, 2, 4, 3], color=COLOURS[1])
    gauge.set(title="gauge: up and down", xlabel="seconds", ylabel="pictures that wait now", ylim=(0, 9))
    _buckets(histogram, buckets)
    return plot


def _buckets(axes: Axes, buckets: Sequence[Sample]) -> None:
    rising = sorted((float(one.labels["le"]), one.value) for one in buckets)
    names = [f"{bound:g}" for bound, _ in rising]
    axes.bar(range(len(rising)), [value for _, value in rising], color=COLOURS[2])
    axes.set_xticks(range(len(rising)), names, rotation=60, fontsize=8)
    axes.set(
        title="histogram: a counter for each bucket", xlabel="le: answers within so many seconds", ylabel="answers"
    )


def growth(counted: Sequence[Series], speeds: Sequence[Series], *, title: str) -> Plot:
    """Draws a counter as it is, and beside it what `rate` makes of it."""
    plot = Plot(figsize=(12, 3.2), layout="constrained")
    left, right = plot.subplots(1, 2)
    plot.suptitle(title, fontsize=11, x=0.01, ha="left")
    for axes, series, name in (
        (left, counted, "the counter: so many so far"),
        (right, speeds, "rate: so many a second"),
    ):
        _lines(axes, series)
        axes.set_title(name, loc="left", fontsize=10)
        axes.set(xlabel="seconds since the shift began", ylim=(0, None))
    return plot


def panels(watch: Watch, *, title: str) -> Plot:
    """Draws each panel of the shift over time, with a band for each stretch in which something was wrong."""
    asked = questions.panels(watch.window)
    plot = Plot(figsize=(12, 1.9 * len(asked)), layout="constrained")
    rows = plot.subplots(len(asked), 1, sharex=True)
    for axes, (name, query) in zip(rows, asked.items(), strict=True):
        _lines(axes, watch.over(query))
        _bands(axes, watch.stretches())
        axes.set_title(name, loc="left", fontsize=10)
        axes.set_ylim(bottom=0)
    rows[-1].set_xlabel("seconds since the shift began")
    plot.suptitle(title, fontsize=11, x=0.01, ha="left")
    return plot


def _lines(axes: Axes, series: Sequence[Series]) -> None:
    for colour, one in zip(COLOURS, sorted(series, key=lambda one: named(one.labels)), strict=False):
        axes.plot(one.times, one.values, color=colour, label=named(one.labels), linewidth=1.6)
    if series:
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _bands(axes: Axes, stretches: Mapping[str, tuple[float, float]]) -> None:
    for name, (start, end) in stretches.items():
        if name == NORMAL:
            continue
        axes.axvspan(start, end, color=BAND, zorder=0)
        axes.text(
            (start + end) / 2, 0.98, name, transform=axes.get_xaxis_transform(), color=BAD_COLOUR,
            fontsize=11, fontweight="bold", ha="center", va="top",
        )  # fmt: skip


def table(samples: Sequence[Sample]) -> str:
    """Values with their labels, one a line, for people."""
    rows = sorted((named(one.labels), one.value) for one in samples)
    wide = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name:{wide}}  {value:.4g}" for name, value in rows) or "nothing"
