"""Draws a change of versions: who answered when, how a canary compares, what the metrics page counts."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from aoi_modules.client.measuring.load import TimedCall
from aoi_modules.client.rollout.canary import Pair
from aoi_modules.plots import BAD_COLOUR, Plot

COLOURS = ("#2b6cb0", "#dd6b20", "#2f855a", "#805ad5", "#b83280")
"""Of version 1, 2, ...; again from the first after the last."""
MAX_POINTS = 4000
SHORTEST = 1e-3
"""Milliseconds; a logarithm knows no zero."""


def colour_of(version: int) -> str:
    """Gives the colour that a version has in every plot."""
    return COLOURS[(version - 1) % len(COLOURS)]


def answers_over_time(
    flows: Mapping[str, Sequence[TimedCall]], *, title: str, events: Mapping[str, float] | None = None
) -> Plot:
    """Draws a panel for each flow: each answer is a point, when it came and how long it took, coloured by its version.

    Args:
        flows: answers by the name of the flow.
        title: of the whole.
        events: seconds by name, drawn as lines.
    """
    plot = Plot(figsize=(9, 1.0 + 2.1 * len(flows)), layout="constrained")
    panels = plot.subplots(len(flows), 1, sharex=True, squeeze=False)[:, 0]
    for panel, (name, answers) in zip(panels, flows.items(), strict=True):
        _points(panel, answers)
        _events(panel, events or {}, named=panel is panels[0])
        failed = sum(bool(answer.error) for answer in answers)
        panel.set_title(f"{name}: {len(answers)} calls, {failed} failed", loc="left", fontsize=9)
        panel.set_ylabel("ms a call")
        if answers:
            panel.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, markerscale=2)
    panels[-1].set_xlabel("seconds")
    plot.suptitle(title, fontsize=11)
    return plot


def canary(pairs: Sequence[Pair], head: str, thresholds: tuple[float, float], *, title: str) -> Plot:
    """Draws the scores of both versions against each other, with both thresholds, and how long both took.

    Args:
        pairs: what both said.
        head: a defect head.
        thresholds: of the stable version and of the canary.
        title: of the whole.
    """
    old = np.array([pair.stable[head][0] for pair in pairs])
    new = np.array([pair.canary[head][0] for pair in pairs])
    agree = (old > thresholds[0]) == (new > thresholds[1])
    plot = Plot(figsize=(10, 4.2), layout="constrained")
    scatter, times = plot.subplots(1, 2, width_ratios=[1.1, 1])
    scatter.plot([0, 1], [0, 1], color="0.85")
    scatter.scatter(old[agree], new[agree], s=16, color=COLOURS[0], label=f"same verdict: {agree.sum()}")
    scatter.scatter(old[~agree], new[~agree], s=30, color=BAD_COLOUR, marker="x", label=f"other: {(~agree).sum()}")
    scatter.axvline(thresholds[0], color="black", linewidth=0.8)
    scatter.axhline(thresholds[1], color="black", linewidth=0.8)
    scatter.set(xlabel="score of the stable version", ylabel="score of the canary", title="Do they agree?")
    scatter.legend(fontsize=8)
    milliseconds = [1000 * np.array([pair.stable_seconds for pair in pairs])]
    milliseconds += [1000 * np.array([pair.canary_seconds for pair in pairs])]
    for values, colour, label in zip(milliseconds, COLOURS, ("stable", "canary"), strict=False):
        times.plot(np.sort(values), np.linspace(0, 1, len(values)), color=colour, label=label)
    times.set(xlabel="ms a call", ylabel="share of calls that were faster", title="Are both fast enough?")
    times.set_xlim(0, 1.3 * max(np.percentile(values, 95) for values in milliseconds))
    times.legend()
    plot.suptitle(title, fontsize=11)
    return plot


def latency_buckets(before: Mapping[float, float], after: Mapping[float, float], *, title: str) -> Plot:
    """Draws what a histogram of microseconds counted between two readings, one bar a bucket.

    Args:
        before: count by upper bound, each with those below it, as the page gives them.
        after: the same, later.
        title: of the plot.
    """
    bounds = [bound for bound in after if np.isfinite(bound)]
    grown = [after[bound] - before.get(bound, 0.0) for bound in after]
    counts = np.diff([0.0, *grown])
    used = np.flatnonzero(counts)
    first, last = (max(0, used[0] - 1), min(len(counts) - 1, used[-1] + 1)) if len(used) else (0, len(counts) - 1)
    plot = Plot(figsize=(8, 3.2), layout="constrained")
    axes = plot.subplots()
    bars = axes.bar(range(first, last + 1), counts[first : last + 1], width=0.9, color=COLOURS[0])
    axes.bar_label(bars, fmt="%d", fontsize=8)
    names = [*(f"{bound / 1000:.3g}" for bound in bounds), "more"]
    axes.set_xticks(range(first, last + 1), names[first : last + 1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.set(xlabel="ms a call, at most", ylabel="calls", title=title)
    axes.margins(y=0.12)
    return plot


def _points(panel: Axes, answers: Sequence[TimedCall]) -> None:
    shown = answers[:: max(1, len(answers) // MAX_POINTS)]
    size = 4 if len(shown) < 500 else 2
    for version in sorted({answer.version for answer in shown if answer.version is not None}):
        points = [(answer.ended, 1000 * answer.seconds) for answer in shown if answer.version == version]
        panel.plot(
            *zip(*points, strict=True), ".", markersize=size, color=colour_of(version), label=f"version {version}"
        )
    failed = [(answer.ended, 1000 * answer.seconds) for answer in answers if answer.error]
    if failed:
        panel.plot(*zip(*failed, strict=True), "x", color=BAD_COLOUR, label="failed")
    panel.set_yscale("log")
    if shown:
        steps = _steps([1000 * answer.seconds for answer in shown])
        panel.set_ylim(0.93 * steps[0], 1.07 * steps[-1])
        panel.yaxis.set_major_locator(FixedLocator(steps))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _steps(values: Sequence[float]) -> list[float]:
    """The numbers 1, 2, 5, 10, 20, ... from the last one below all values to the first one above, at least two."""
    low, high = max(min(values), SHORTEST), max(*values, SHORTEST)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    steps = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    first = max(place for place, step in enumerate(steps) if step <= low)
    last = min(place for place, step in enumerate(steps) if step > high)
    return steps[first : last + 1]


def _events(panel: Axes, events: Mapping[str, float], *, named: bool) -> None:
    for row, (name, seconds) in enumerate(events.items()):
        panel.axvline(seconds, color="0.3", linewidth=0.8, linestyle="--")
        if named:
            place = (seconds, 0.97 - 0.11 * (row % 4))
            panel.annotate(f" {name}", place, xycoords=("data", "axes fraction"), fontsize=8, va="top")
