"""Draws the team's old set-up beside ours. The old one was not handed over, so it is marked as a reconstruction."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.plots import BAD_COLOUR, Plot

INK = "#374151"
ROOM, PART, STORE, WAY = "#f4f4f5", "#c9e7cf", "#fbd9a5", "#bfdbf2"
BAD = "#f6c9c4"
Place = tuple[float, float, float, float]
"""Left, lower edge, width and height."""


def setups() -> Plot:
    """Draws both, with the two flaws of the old one in red."""
    plot = Plot(figsize=(13, 5.6), layout="constrained")
    old, ours = plot.subplots(1, 2)
    for axes in (old, ours):
        axes.set(xlim=(0, 10), ylim=(0, 7))
        axes.axis("off")
    _old(old)
    _ours(ours)
    return plot


def _old(axes: Axes) -> None:
    axes.set_title("the old set-up: a RECONSTRUCTION from two flaws\nthat the team named", fontsize=11, loc="left")
    _box(axes, (2.6, 1.4, 7.2, 5.4), "one inference server, with one address (externalIPs)", ROOM, top=True)
    _box(axes, (5.4, 4.3, 4.1, 1.5), "TensorFlow Serving", PART)
    _box(axes, (5.4, 1.8, 4.1, 1.9), "MinIO\nsource images, .pb models\nits web page", STORE)
    _box(axes, (0.1, 4.6, 1.8, 0.9), "clients", WAY)
    _box(axes, (0.1, 2.2, 1.8, 0.9), "browser", BAD)
    _arrow(axes, (1.9, 5.05), (5.4, 5.05))
    _arrow(axes, (1.9, 2.65), (5.4, 2.65), bad=True)
    _bad(axes, 4.05, 3.6, "flaw 1: the page\ndoes not show while\nServing runs here")
    _box(axes, (2.6, 0.2, 3.4, 0.8), "a person copies models", BAD)
    _arrow(axes, (5.9, 1.0), (6.6, 1.8), bad=True)
    _bad(axes, 8.0, 0.6, "flaw 2: no program\nfor CI/CD")


def _ours(axes: Axes) -> None:
    axes.set_title(
        "ours: each part is asked for by name,\nand no part claims a port of a server", fontsize=11, loc="left"
    )
    _box(axes, (2.6, 1.4, 7.2, 5.4), "a cluster of any number of nodes", ROOM, top=True)
    for low, service, text, colour in (
        (5.0, "model-serving\nport 8500", "pods of the\nmodel server", PART),
        (3.3, "s3\nport 8333", "pod of the\nobject store", STORE),
        (1.6, "object-store-console\nport 23646", "its web page,\nin the same pod", STORE),
    ):
        _box(axes, (3.0, low, 2.9, 1.2), f"Service {service}", WAY)
        _box(axes, (6.9, low, 2.6, 1.2), text, colour)
        _arrow(axes, (5.9, low + 0.6), (6.9, low + 0.6))
        _arrow(axes, (1.9, low + 0.6), (3.0, low + 0.6))
    _box(axes, (0.1, 5.15, 1.8, 0.9), "clients", WAY)
    _box(axes, (0.1, 3.45, 1.8, 0.9), "trainings,\nsync", WAY)
    _box(axes, (0.1, 1.75, 1.8, 0.9), "browser", WAY)
    _box(axes, (2.6, 0.2, 4.4, 0.8), "git and CI: files are checked, then applied", WAY)
    _arrow(axes, (4.8, 1.0), (4.8, 1.4))


def _box(axes: Axes, place: Place, text: str, colour: str, *, top: bool = False) -> None:
    left, low, width, height = place
    style = "round,pad=0,rounding_size=0.1"
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=style, facecolor=colour, edgecolor=INK))
    at, align = (low + height - 0.15, "top") if top else (low + height / 2, "center")
    axes.text(left + width / 2, at, text, ha="center", va=align, fontsize=9, color=INK)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], *, bad: bool = False) -> None:
    properties = {"arrowstyle": "-|>", "color": BAD_COLOUR if bad else INK, "linestyle": ":" if bad else "-"}
    axes.annotate("", xy=end, xytext=start, arrowprops=properties)


def _bad(axes: Axes, left: float, low: float, text: str) -> None:
    axes.text(left, low, text, ha="center", va="center", fontsize=9, color=BAD_COLOUR, fontweight="bold")
