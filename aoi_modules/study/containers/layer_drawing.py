"""Draws layers: an image with the containers that were started from it, and the same image built twice."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.plots import Plot
from aoi_modules.study.containers.dockerfile import Instruction
from aoi_modules.study.containers.two_builds import OneBuild, TwoBuilds

LAYERED = ("FROM", "RUN", "COPY", "ADD", "WORKDIR")
"""Instructions that make files; the others only write down how the container starts."""
RAN, CACHED, BASE, OWN, NOTED = "#f6c28b", "#c9e7cf", "#e5e7eb", "#fff3b0", "#ffffff"
LINE = "#4b5563"
MOST = 46
"""Letters of an instruction that fit into its box."""


def image_and_containers(instructions: Sequence[Instruction], names: Sequence[str]) -> Plot:
    """Draws an image as its layers, the first one at the bottom, and on it the layer that each container adds.

    Args:
        instructions: of one stage.
        names: of the containers.
    """
    layers = [one for one in instructions if one.name in LAYERED]
    notes = [one for one in instructions if one.name not in LAYERED]
    height = len(layers) + 1.3
    plot = Plot(figsize=(10, 0.55 * height + 0.8), layout="constrained")
    axes = plot.subplots()
    axes.set(xlim=(0, 12.2), ylim=(0, height))
    axes.axis("off")
    for place, one in enumerate(layers):
        _box(axes, (0.1, place + 0.05, 7.6, 0.9), BASE if one.name == "FROM" else CACHED, _short(one.text))
    width = 7.6 / len(names)
    for place, name in enumerate(names):
        _box(axes, (0.1 + place * width, len(layers) + 0.25, width - 0.1, 0.9), OWN, f"{name}: what it writes")
    axes.text(7.95, len(layers) + 0.7, "one thin layer for each container:\ngone when it is removed", **_NOTE)
    axes.text(7.95, len(layers) / 2, "the image: layers that nobody\nwrites to, shared by all containers", **_NOTE)
    if notes:
        text = "only written down, no layer:\n" + "\n".join(_short(one.text) for one in notes)
        axes.text(7.95, 0.1, text, fontsize=9, va="bottom", color=LINE)
    axes.set_title(f"An image, and {len(names)} containers started from it", loc="left")
    return plot


def built_twice(builds: Sequence[TwoBuilds]) -> Plot:
    """Draws for each Dockerfile its first build and the one after a change, the first step at the top."""
    most = max(len(one.first.steps) for one in builds)
    plot = Plot(figsize=(13, (0.55 * most + 1.0) * len(builds)), layout="constrained")
    rows = plot.subplots(len(builds), 2, squeeze=False)
    for row, one in zip(rows, builds, strict=True):
        for cell, build, which in zip(row, (one.first, one.second), ("first build", "one line changed"), strict=True):
            _steps(cell, build, most)
            cell.set_title(f"{one.name}: {which}, {build.seconds:.1f} s", fontsize=11, loc="left")
    return plot


def _steps(axes: Axes, build: OneBuild, most: int) -> None:
    axes.set(xlim=(0, 10), ylim=(0, most))
    axes.axis("off")
    for place, step in enumerate(build.steps):
        base, low = step.text.startswith("FROM"), most - 1 - place
        colour = BASE if base else CACHED if step.cached else RAN
        _box(axes, (0.05, low + 0.06, 7.4, 0.88), colour, _short(step.text))
        time = f"ran, {step.seconds:.1f} s" if step.seconds is not None else "ran"
        words = "was there" if base else "from the cache" if step.cached else time
        axes.text(7.65, low + 0.5, words, fontsize=10, va="center", color=LINE)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"


def _box(axes: Axes, place: tuple[float, float, float, float], colour: str, text: str) -> None:
    left, low, width, height = place
    style = "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=style, facecolor=colour, edgecolor=LINE))
    axes.text(left + 0.15, low + height / 2, text, va="center", fontsize=10, family="monospace", color="#111827")


_NOTE: dict[str, Any] = {"fontsize": 10, "va": "center", "color": LINE}
