"""Draws the results of a defect head: its curves, its threshold, its cost.

As in `plots`, each function returns a figure and neither shows nor saves it. Curves come from `curves` and
`error_costs`. Several heads share one plot of a mapping from head to curve.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import BAD_COLOUR, GOOD_COLOUR, Plot, title_of
from aoi_modules.training.measuring.curves import Calibration, OverkillOverEscape, PrecisionRecall, Roc
from aoi_modules.training.measuring.error_costs import PARTS, CostCurve
from aoi_modules.training.measuring.thresholds import Choice, Interval, exact_interval
from aoi_modules.verdict import Rate

# Okabe and Ito's colours, which colour-blind readers tell apart, without the yellow that is lost on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
STYLES = ("-", "--", "-.", ":")
QUIET = "#6b7280"


def roc(curves: Mapping[str, Roc], origin: DataOrigin, *, profile: str = "") -> Plot:
    """Draws caught defects over overkill, head -> curve: the nearer to the upper left corner, the better."""
    plot = Plot(figsize=(6, 5.2), layout="constrained")
    axes = plot.subplots()
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=":", label="knows nothing")
    for place, (name, curve) in enumerate(curves.items()):
        axes.step(curve.overkill, curve.caught, where="post", label=f"{name}: area {curve.area:.3f}", **_look(place))
    _shares(axes, "overkill rate (false positive rate)", "caught = 1 - escape rate (true positive rate)")
    axes.legend(loc="lower right", fontsize=9)
    plot.suptitle(title_of("ROC", origin, profile))
    return plot


def precision_recall(curves: Mapping[str, PrecisionRecall], origin: DataOrigin, *, profile: str = "") -> Plot:
    """Draws precision over recall, head -> curve: the nearer to the upper right corner, the better."""
    plot = Plot(figsize=(6, 5.2), layout="constrained")
    axes = plot.subplots()
    for place, (name, curve) in enumerate(curves.items()):
        label = f"{name}: average precision {curve.average:.3f}"
        axes.step(curve.recall, curve.precision, where="post", label=label, **_look(place))
        axes.axhline(curve.defect_share, color=_look(place)["color"], linewidth=1, linestyle=":")
    axes.plot([], [], color=QUIET, linewidth=1, linestyle=":", label="knows nothing: share of defects")
    _shares(axes, "recall: defective parts that fail", "precision: failed parts that are defective")
    axes.legend(loc="lower left", fontsize=9)
    plot.suptitle(title_of("Precision and recall", origin, profile))
    return plot


def calibration(
    curve: Calibration, origin: DataOrigin, *, profile: str = "", claim: str = "defect score", event: str = "defective"
) -> Plot:
    """Draws what happened over what was claimed, with 95% intervals, and the number of rows in each bin.

    Args:
        curve: of one head.
        origin: of the pictures.
        profile: of the training.
        claim: what the head said, for the axis.
        event: what may have come true.
    """
    plot = Plot(figsize=(6, 5.8), layout="constrained")
    upper, lower = plot.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=":", label="honest")
    _bins(upper, curve)
    _shares(upper, "", f"share that is {event}")
    upper.legend(loc="upper left", fontsize=9)
    edges = np.linspace(0, 1, len(curve.counts) + 1)
    lower.bar(edges[:-1], curve.counts, width=np.diff(edges), align="edge", color=COLOURS[0], edgecolor="white")
    lower.set_ylabel("pictures")
    lower.set_xlabel(claim)
    lower.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    plot.suptitle(title_of("Calibration", origin, profile))
    return plot


def overkill_over_escape(
    curve: OverkillOverEscape,
    origin: DataOrigin,
    *,
    profile: str = "",
    choice: Choice | None = None,
    measured: tuple[Rate, Rate] | None = None,
) -> Plot:
    """Draws what every escape rate costs in good parts, and where the chosen threshold lies.

    Args:
        curve: on the test pictures.
        origin: of the pictures.
        profile: of the training.
        choice: of the threshold on the validation pictures; its target and what it let expect are drawn.
        measured: escape and overkill rate of the test pictures at that threshold.
    """
    plot = Plot(figsize=(7, 5), layout="constrained")
    axes = plot.subplots()
    axes.step(curve.escape, curve.overkill, where="post", color=COLOURS[0], label="every threshold")
    if choice is not None:
        low, high = choice.escape_interval
        axes.axvspan(low, high, color=COLOURS[5], alpha=0.18, linewidth=0, label="escapes to be expected (95%)")
        axes.axvline(choice.target, color=QUIET, linestyle="--", label=f"target {choice.target:.1%} escapes")
    if measured is not None:
        text = "measured" if choice is None else f"measured at threshold {choice.threshold:.3f}"
        _cross(axes, *measured, label=f"{text} (95%)")
    _shares(axes, f"escape rate of {curve.defective} defective parts", f"overkill rate of {curve.good} good parts")
    axes.set_xlim(-0.01, _reach(choice, measured))
    # below the axes, so that it covers neither the point nor its arms
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, fontsize=9)
    lines = [title_of("Overkill over escape", origin, profile)]
    if choice is not None:
        low, high = choice.interval
        lines.append(
            f"threshold {choice.threshold:.3f} (95%: {low:.3f} to {high:.3f}), "
            f"chosen on {choice.escape.total} defective validation pictures"
        )
    plot.suptitle("\n".join(lines), fontsize=10)
    return plot


def cost_curve(curve: CostCurve, origin: DataOrigin, *, profile: str = "", threshold: float | None = None) -> Plot:
    """Draws the cost of 1000 parts at every threshold, and the shares of escapes and overkill in it.

    Args:
        curve: of one head.
        origin: of the pictures.
        profile: of the training.
        threshold: the one that the model ships with, drawn beside the cheapest.
    """
    prices = curve.prices
    escapes = prices.per_thousand(curve.escape, np.zeros_like(curve.overkill))
    plot = Plot(figsize=(7, 4.8), layout="constrained")
    axes = plot.subplots()
    axes.plot(curve.thresholds, escapes, color=BAD_COLOUR, linestyle="--", linewidth=1.2, label="escapes")
    axes.plot(
        curve.thresholds, curve.costs - escapes, color=GOOD_COLOUR, linestyle="-.", linewidth=1.2, label="overkill"
    )
    axes.plot(curve.thresholds, curve.costs, color="black", label="together")
    lowest, best = curve.costs[curve.cheapest], curve.cheapest_threshold
    axes.plot(best, lowest, "o", color=COLOURS[0], markersize=8, label=f"cheapest: {lowest:.4g} at {best:.3f}")
    if threshold is not None:
        axes.axvline(threshold, color=QUIET, linestyle=":", label=f"chosen threshold {threshold:.3f}")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("threshold")
    axes.set_ylabel(f"expected cost of {PARTS} parts")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    share = f"{100 * prices.defect_share:.3g}% of parts defective"
    terms = f"an escape {prices.escape:g}, an overkill {prices.overkill:g}, {share}"
    plot.suptitle(f"{title_of('Cost', origin, profile)}\n{terms}", fontsize=10)
    return plot


def _look(place: int) -> dict[str, str]:
    """The line of one of several heads, unlike its neighbours in black and white too."""
    return {"color": COLOURS[place % len(COLOURS)], "linestyle": STYLES[place % len(STYLES)]}


def _shares(axes: Axes, below: str, beside: str) -> None:
    """Both axes are shares from 0 to 1."""
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel(below)
    axes.set_ylabel(beside)
    axes.grid(alpha=0.25)


def _bins(axes: Axes, curve: Calibration) -> None:
    """What happened in each bin that has rows, with its interval."""
    seen = curve.counts > 0
    rates = [
        Rate(round(float(share) * int(count)), int(count))
        for share, count in zip(curve.happened[seen], curve.counts[seen], strict=True)
    ]
    arms = [_arms(rate) for rate in rates]
    axes.errorbar(
        curve.claimed[seen],
        curve.happened[seen],
        yerr=[[down for (down,), _ in arms], [up for _, (up,) in arms]],
        marker="o",
        markersize=5,
        capsize=3,
        color=COLOURS[0],
        label=f"this head: off by {curve.error:.3f} on average",
    )


def _cross(axes: Axes, escape: Rate, overkill: Rate, label: str) -> None:
    """A point with both its intervals."""
    across, up = (_arms(escape), _arms(overkill))
    axes.errorbar(
        escape.value, overkill.value, xerr=across, yerr=up, marker="o", capsize=3, color=BAD_COLOUR, label=label
    )


def _arms(rate: Rate) -> list[list[float]]:
    """How far the interval of a rate reaches down and up."""
    low, high = exact_interval(rate)
    return [[rate.value - low], [high - rate.value]]


def _reach(choice: Choice | None, measured: tuple[Rate, Rate] | None) -> float:
    """How far the escape axis has to go: nobody runs a line at half of the defects."""
    spans: list[Interval] = [] if choice is None else [choice.escape_interval, (0.0, 2 * choice.target)]
    spans += [] if measured is None else [exact_interval(measured[0])]
    return min(1.01, max([0.25, *(1.15 * high for _, high in spans)]))
