"""Draws the services around the line in one picture: who asks whom for metrics, and who writes what where."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.plots import Plot

INK, ROOM = "#374151", "#f4f4f5"
LINE, WATCH, KEEP, BUILD = "#c9e7cf", "#bfdbf2", "#fbd9a5", "#e3d4f5"
ASKS, WRITES = "#2b6cb0", "#b45309"
Place = tuple[float, float, float, float]
"""Left, lower edge, width and height."""
BOXES: dict[str, tuple[Place, str]] = {
    "cameras": ((0.8, 4.3, 1.4, 1.0), ROOM),
    "gateway": ((3.0, 4.3, 2.0, 1.0), LINE),
    "model server\nand its sync": ((6.0, 4.3, 2.2, 1.0), LINE),
    "model registry\n(object store)": ((9.4, 4.3, 2.3, 1.0), KEEP),
    "database\n(PostgreSQL)": ((3.0, 2.2, 2.0, 1.0), KEEP),
    "log store\n(Loki)": ((9.4, 2.2, 2.3, 1.0), KEEP),
    "agent on each node\n(Alloy)": ((6.0, 2.2, 2.2, 1.0), WATCH),
    "Prometheus": ((4.2, 6.4, 2.2, 1.0), WATCH),
    "node exporter": ((7.4, 6.4, 1.9, 1.0), WATCH),
    "Alertmanager": ((0.9, 6.4, 2.0, 1.0), WATCH),
    "Grafana": ((6.0, 0.2, 2.2, 1.0), WATCH),
    "GitLab runner": ((12.6, 5.6, 1.9, 1.0), BUILD),
    "git": ((12.6, 7.0, 1.9, 0.8), BUILD),
}
WAYS = (
    ((2.2, 4.8), (3.0, 4.8), WRITES, "pictures"),
    ((5.0, 4.8), (6.0, 4.8), WRITES, "asks"),
    ((8.2, 4.8), (9.4, 4.8), ASKS, "fetches"),
    ((4.0, 4.3), (4.0, 3.2), WRITES, "inspections"),
    ((5.0, 6.4), (4.2, 5.3), ASKS, "scrapes"),
    ((5.8, 6.4), (6.8, 5.3), ASKS, "scrapes"),
    ((6.4, 6.9), (7.4, 6.9), ASKS, "scrapes"),
    ((4.2, 6.9), (2.9, 6.9), WRITES, "alerts"),
    ((7.1, 3.2), (7.1, 4.3), ASKS, "reads logs"),
    ((8.2, 2.7), (9.4, 2.7), WRITES, "pushes lines"),
    ((6.0, 1.0), (4.6, 2.2), ASKS, "SQL"),
    ((8.2, 0.9), (9.9, 2.2), ASKS, "LogQL"),
    ((13.5, 7.0), (13.5, 6.6), WRITES, ""),
    ((12.6, 5.7), (11.7, 5.0), WRITES, "new versions"),
)
"""From where to where, and in whose words. The head is at the one who is asked or written to."""


def services() -> Plot:
    """Draws them: blue arrows ask, brown arrows write."""
    plot = Plot(figsize=(13, 6.6), layout="constrained")
    axes = plot.subplots()
    axes.set(xlim=(0, 14.8), ylim=(-0.2, 8.1))
    axes.axis("off")
    for name, (place, colour) in BOXES.items():
        _box(axes, place, name, colour)
    for start, end, colour, text in WAYS:
        _arrow(axes, start, end, colour, text)
    _around(axes)
    axes.set_title("What stands around the line. Blue asks, brown writes or sends.", fontsize=11, loc="left")
    return plot


def _box(axes: Axes, place: Place, text: str, colour: str) -> None:
    left, low, width, height = place
    shape = "round,pad=0,rounding_size=0.1"
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=shape, facecolor=colour, edgecolor=INK))
    axes.text(left + width / 2, low + height / 2, text, ha="center", va="center", fontsize=9, color=INK)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, text: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.6})
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    axes.text(*middle, text, ha="center", va="bottom", fontsize=8, color=colour, backgroundcolor=(1, 1, 1, 0.75))


def _around(axes: Axes) -> None:
    """Grafana asks Prometheus from outside of all of them, on the left."""
    axes.plot([6.0, 0.4, 0.4, 4.2], [0.5, 0.5, 7.75, 7.75], color=ASKS, linewidth=1.6)
    axes.annotate("", (5.0, 7.4), (4.2, 7.75), arrowprops={"arrowstyle": "->", "color": ASKS, "linewidth": 1.6})
    axes.text(0.5, 1.4, "Grafana asks\nPrometheus: PromQL", fontsize=8, color=ASKS, va="center")
