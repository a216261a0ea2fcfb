"""Draws what a line with several components sees: who got which verdict, who answered, and when nobody did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from aoi_modules.judging.inspection import Inspection
from aoi_modules.plots import BAD_COLOUR, Plot
from aoi_modules.study.rollout.change_plots import colour_of
from aoi_modules.study.station.cameras import CameraAnswer
from aoi_modules.verdict import Verdict

VERDICT_COLOURS = {Verdict.PASS: "#2f855a", Verdict.REVIEW: "#d69e2e", Verdict.FAIL: "#b3261e"}
STATUS_COLOURS = {200: "#2f855a", 503: "#c05621"}
OTHER_COLOUR = "#1f2933"


def verdicts_by_component(inspections: Sequence[Inspection], *, title: str) -> Plot:
    """Draws a bar for each component: how many of its parts got which verdict, and the model that said so."""
    counts = Counter((one.component, one.model.name, one.verdict) for one in inspections)
    rows = sorted({(component, model) for component, model, _ in counts}, reverse=True)
    plot = Plot(figsize=(8, 1.3 + 0.5 * len(rows)), layout="constrained")
    axes = plot.subplots()
    left = np.zeros(len(rows))
    for verdict, colour in VERDICT_COLOURS.items():
        widths = np.array([counts[(component, model, verdict)] for component, model in rows])
        bars = axes.barh(range(len(rows)), widths, left=left, color=colour, label=verdict.value)
        axes.bar_label(bars, [str(width) if width else "" for width in widths], label_type="center", color="white")
        left += widths
    axes.set_yticks(range(len(rows)), [f"{component}\nmodel {model}" for component, model in rows])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="pictures", title=title)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return plot


def versions_by_unit(answered: Mapping[str, Sequence[int]], *, title: str) -> Plot:
    """Draws a column for each unit, a dot for each of its pictures, in the colour of the version that answered.

    Args:
        answered: versions by unit, in the order of its pictures.
        title: of the plot.
    """
    most = max(len(versions) for versions in answered.values())
    plot = Plot(figsize=(9, 1.2 + 0.45 * most), layout="constrained")
    axes = plot.subplots()
    seen = sorted({version for versions in answered.values() for version in versions})
    for version in seen:
        dots = [
            (column, row)
            for column, versions in enumerate(answered.values())
            for row, one in enumerate(versions)
            if one == version
        ]
        columns, rows = zip(*dots, strict=True)
        axes.scatter(columns, rows, color=colour_of(version), s=42, label=f"version {version}")
    axes.set_yticks(range(most), [f"picture {number + 1}" for number in range(most)])
    axes.set_xticks(range(len(answered)), list(answered), rotation=90, fontsize=7)
    axes.set(title=title, ylim=(-0.7, most - 0.3))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return plot


def answers_by_component(answers: Sequence[CameraAnswer], *, away: tuple[float, float], title: str) -> Plot:
    """Draws a panel for each component: each answer is a dot, coloured by its status, while a server is away and back.

    Args:
        answers: of all cameras.
        away: from when to when the server was away, in seconds.
        title: of the whole.
    """
    components = sorted({answer.component for answer in answers})
    plot = Plot(figsize=(9, 1.0 + 1.5 * len(components)), layout="constrained")
    panels = plot.subplots(len(components), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    statuses = sorted({answer.status for answer in answers})
    for panel, component in zip(panels, components, strict=True):
        own = [answer for answer in answers if answer.component == component]
        panel.axvspan(*away, color="0.92", zorder=0)
        for status in statuses:
            dots = [one for one in own if one.status == status]
            colour = STATUS_COLOURS.get(status, OTHER_COLOUR)
            panel.scatter([one.sent for one in dots], [1000 * one.seconds for one in dots], color=colour, s=8)
        refused = sum(answer.status != 200 for answer in own)
        panel.set_title(f"{component}: {len(own)} pictures, {refused} without a verdict", loc="left", fontsize=9)
        panel.set(yscale="log", ylabel="ms")
    panels[-1].set_xlabel("seconds, when it was sent; grey: the server is away")
    keys = [
        Line2D([], [], marker="o", linestyle="", color=STATUS_COLOURS.get(status, OTHER_COLOUR), label=str(status))
        for status in statuses
    ]
    plot.legend(handles=keys, title="answer", loc="outside right upper")
    plot.suptitle(title, fontsize=11)
    return plot


def line_and_shadow(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], head: str, *, title: str) -> Plot:
    """Draws what line and shadow said about the same pictures, and the threshold of each.

    Args:
        pairs: inspections as JSON, of the line and of the shadow.
        head: with a score in both.
        title: of the plot.
    """
    scores = np.array([[_of_head(one, head)["score"] for one in pair] for pair in pairs], np.float64)
    same = np.array([line["verdict"] == shadow["verdict"] for line, shadow in pairs])
    plot = Plot(figsize=(6.5, 4.5), layout="constrained")
    axes = plot.subplots()
    axes.plot([0, 1], [0, 1], color="0.85")
    axes.scatter(
        scores[same, 0], scores[same, 1], s=18, color=VERDICT_COLOURS[Verdict.PASS], label=f"same verdict: {same.sum()}"
    )
    axes.scatter(
        scores[~same, 0], scores[~same, 1], s=40, color=BAD_COLOUR, marker="x", label=f"other verdict: {(~same).sum()}"
    )
    for number, (draw, one) in enumerate(zip((axes.axvline, axes.axhline), pairs[0], strict=True)):
        threshold, version = _of_head(one, head)["threshold"], one["model"]["version"]
        label = f"threshold of version {version}: {threshold:.3f}"
        draw(threshold, color="black", linewidth=0.9, linestyle=("-", "--")[number], label=label)
    names = [f"version {one['model']['version']}" for one in pairs[0]]
    axes.set(xlabel=f"score of the line, {names[0]}", ylabel=f"score of the shadow, {names[1]}", title=title)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return plot


def _of_head(inspection: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(head for head in inspection["heads"] if head["name"] == name)
