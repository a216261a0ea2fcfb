"""Draws what a `docker run` line asks for: the way in, the folder outside, the GPU, the name, and what is missing."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.cluster.container import Container
from aoi_modules.plots import Plot

COLOURS = {"machine": "#f4f4f5", "container": "#c9e7cf", "files": "#fbd9a5", "gpu": "#d9c9f2", "browser": "#bfdbf2"}
MISSING = "#e5e7eb"
"""Of what the line does not ask for."""
LINE, FAINT, WARNING = "#4b5563", "#9ca3af", "#b3261e"
SIZE = (10.0, 6.2)
"""Width and height of one drawing in its own units."""


def containers(lines: Sequence[str], titles: Sequence[str], *, columns: int = 2) -> Plot:
    """Draws lines beside each other, each below its title.

    Args:
        lines: `docker run` commands.
        titles: one for each.
        columns: drawings in a row.

    Raises:
        SettingsError: a line is no `docker run` command.
    """
    rows = -(-len(lines) // columns)
    plot = Plot(figsize=(6.2 * columns, 4.2 * rows), layout="constrained")
    cells = list(plot.subplots(rows, columns, squeeze=False).flat)
    for cell in cells:
        cell.axis("off")
    for cell, line, title in zip(cells, lines, titles, strict=False):
        draw(cell, Container.of_docker(line))
        cell.set_title(title, fontsize=11, family="monospace", loc="left")
    return plot


def draw(axes: Axes, container: Container) -> None:
    """Draws one container on its machine."""
    axes.set(xlim=(-0.1, SIZE[0] + 0.1), ylim=(-0.1, SIZE[1] + 0.1))
    axes.axis("off")
    _box(axes, (2.3, 0, 7.7, 6.2), COLOURS["machine"])
    axes.text(2.5, 6.05, "the server", fontsize=10, va="top", color=LINE)
    _way_in(axes, container)
    _inside(axes, container)
    _folder(axes, container)
    _gpu(axes, container)


def _way_in(axes: Axes, container: Container) -> None:
    _box(axes, (0, 3.5, 1.7, 1.0), COLOURS["browser"], "browser")
    if not container.published:
        _arrow(axes, (1.7, 4.0), (2.9, 4.0), "-|>", FAINT, dashed=True)
        axes.text(3.0, 4.0, "no way in", fontsize=10, va="center", color=WARNING)
        return
    inside, outside = next(iter(container.published.items()))
    _arrow(axes, (1.7, 4.0), (5.2, 4.0), "-|>", LINE)
    axes.text(2.45, 4.12, f"port {outside}", fontsize=10, va="bottom", color=LINE)
    axes.text(5.1, 3.88, f"{inside}", fontsize=10, va="top", ha="right", color=LINE)


def _inside(axes: Axes, container: Container) -> None:
    options = container.options
    _box(axes, (5.2, 2.3, 4.5, 3.5), COLOURS["container"])
    name = options.get("--name")
    words = [
        (f"container {name}" if name else "a name made up by Docker", LINE if name else WARNING),
        (container.image, LINE),
        ("in the background", LINE) if "--detach" in options else ("ends with your terminal", WARNING),
        _ending(options.get("--restart"), "--rm" in options),
    ]
    for place, (text, colour) in enumerate(words):
        weight = "bold" if place == 0 else "normal"
        axes.text(5.4, 5.45 - 0.55 * place, text, fontsize=10, va="center", color=colour, fontweight=weight)


def _ending(policy: str | None, removed: bool) -> tuple[str, str]:
    if policy and policy != "no":
        return f"when it ends: starts again ({policy})", LINE
    return ("when it ends: is removed" if removed else "when it ends: stays ended"), WARNING


def _folder(axes: Axes, container: Container) -> None:
    if not container.mounts:
        _box(axes, (2.6, 0.4, 3.3, 1.1), MISSING, "your folder: not seen", FAINT)
        axes.text(5.4, 2.75, "saved files: gone with it", fontsize=10, va="center", color=WARNING)
        return
    mount = container.mounts[0]
    source = mount.source if len(mount.source) <= 24 else f"…/{mount.source.rstrip('/').rpartition('/')[2]}"
    named = not mount.source.startswith("/")
    _box(axes, (2.6, 0.4, 3.3, 1.1), COLOURS["files"], f"{'volume ' if named else ''}{source}", LINE)
    axes.text(5.4, 2.75, f"sees {mount.target}", fontsize=10, va="center", color=LINE)
    _arrow(axes, (5.0, 1.5), (5.9, 2.5), "<|-|>", LINE)


def _gpu(axes: Axes, container: Container) -> None:
    wanted = container.options.get("--gpus") or container.options.get("--runtime") == "nvidia"
    if wanted:
        _box(axes, (7.6, 0.4, 2.1, 1.1), COLOURS["gpu"], "GPU", LINE)
        _arrow(axes, (8.6, 1.5), (8.6, 2.3), "-|>", LINE)
    else:
        _box(axes, (7.6, 0.4, 2.1, 1.1), MISSING, "GPU: not seen", FAINT)


def _box(axes: Axes, place: tuple[float, float, float, float], colour: str, text: str = "", ink: str = LINE) -> None:
    left, low, width, height = place
    style = "round,pad=0,rounding_size=0.12"
    axes.add_patch(FancyBboxPatch((left, low), width, height, boxstyle=style, facecolor=colour, edgecolor=LINE))
    axes.text(left + width / 2, low + height / 2, text, ha="center", va="center", fontsize=10, color=ink)


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], style: str, colour: str, *, dashed: bool = False
) -> None:
    properties = {"arrowstyle": style, "color": colour, "shrinkA": 0, "shrinkB": 0, "linestyle": ":" if dashed else "-"}
    axes.annotate("", xy=end, xytext=start, arrowprops=properties)
