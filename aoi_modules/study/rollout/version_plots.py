"""Draws the states of a model's versions on a running server."""

from collections.abc import Sequence

from matplotlib.patches import Patch

from aoi_modules.client.rollout.version_watch import Span
from aoi_modules.plots import Plot

COLOURS = {
    "START": "#cbd5e0",
    "LOADING": "#f6ad55",
    "AVAILABLE": "#2f855a",
    "UNLOADING": "#b7791f",
    "END": "#a0aec0",
}


def version_timeline(spans: Sequence[Span], *, title: str) -> Plot:
    """Draws which version was in which state, from when to when, in seconds; one bar a version."""
    versions = sorted({span.version for span in spans})
    plot = Plot(figsize=(8, 1.2 + 0.5 * len(versions)), layout="constrained")
    axes = plot.subplots()
    for span in spans:
        bar = (span.start, span.end - span.start)
        axes.broken_barh([bar], (versions.index(span.version) - 0.4, 0.8), color=COLOURS[span.state])
    axes.set_yticks(range(len(versions)), [f"version {version}" for version in versions])
    axes.set_xlabel("seconds")
    axes.set_title(title)
    seen = {span.state for span in spans}
    keys = [Patch(color=colour, label=state) for state, colour in COLOURS.items() if state in seen]
    plot.legend(handles=keys, loc="outside right upper")
    return plot
