"""The picture of a merged graph: one picture comes in, trunks that several heads share, a verdict of each head."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path as Curve

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import StoreError
from aoi_modules.export.inspect.anatomy import Anatomy, Block
from aoi_modules.export.inspect.contents import Contents, sample
from aoi_modules.export.inspect.graph_layout import Layout, layout
from aoi_modules.export.inspect.grid import NUMBERS, Box, Point
from aoi_modules.export.inspect.quantities import counted, percent, short
from aoi_modules.modelstore.layout import MANIFEST_FILE, PIXELS_FILE
from aoi_modules.modelstore.manifest import Head
from aoi_modules.plots import Plot

SUFFIXES = (".png", ".svg")
MARGIN, TITLE, LEGEND = 0.3, 0.8, 0.6
"""Inches around the parts, above them and below."""
LINE, QUIET, INK = "#4b5563", "#6b7280", "#111827"
ALONE = "#fde3b8"
"""What one head alone needs; what several share is blue, the darker the more."""


def draw(anatomy: Anatomy, *, title: str, heads: Sequence[Head] = (), picture: Pixels | None = None) -> Plot:
    """Draws the parts of a graph, its data flowing from left to right.

    Args:
        anatomy: of the graph.
        title: component and version.
        heads: what the manifest says about them; those it does not name have their name only.
        picture: a sample, uint8 (h, w, 1) or (h, w, 3), to stand for the input.
    """
    shown = _pattern() if picture is None else picture
    places = layout(anatomy, (shown.shape[0], shown.shape[1]))
    width, height = places.width + 2 * MARGIN, places.top - places.bottom + TITLE + LEGEND + MARGIN
    plot = Plot(figsize=(width, height))
    axes = plot.add_axes((0, 0, 1, 1))
    axes.set_xlim(-MARGIN, places.width + MARGIN)
    axes.set_ylim(places.bottom - LEGEND, places.top + TITLE + MARGIN)
    axes.axis("off")
    _title(axes, places, title, anatomy)
    for path in places.arrows:
        _arrow(axes, path)
    for number, box in places.blocks.items():
        _block(axes, anatomy, anatomy.blocks[number], box, shown)
    known = {head.name: head for head in heads}
    for name, box in places.cards.items():
        _card(axes, box, name, known)
    _legend(axes, anatomy, places)
    return plot


def draw_servable(servable: Contents) -> Plot:
    """Draws the graph of a servable with its first golden picture in front.

    Raises:
        StoreError: it has no frozen graph, or its samples are damaged.
    """
    if servable.anatomy is None or servable.manifest is None:
        missing = " and ".join(name for name in (MANIFEST_FILE, PIXELS_FILE) if name in servable.missing)
        raise StoreError(
            f"{servable.path}: cannot be drawn without {missing}",
            hint="aoi export and aoi merge write servables that can",
        )
    return draw(
        servable.anatomy,
        title=servable.title,
        heads=servable.manifest.heads,
        picture=sample(Path(servable.path)),
    )


def write(plot: Plot, path: Path) -> None:
    """Writes a drawing as PNG or SVG, by the suffix; the same drawing gives the same file.

    Raises:
        StoreError: another suffix, or a file that cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise StoreError(f"{path}: expected a file name that ends in {' or '.join(SUFFIXES)}")
    dated = {"Date": None} if path.suffix == ".svg" else {}
    try:
        with rc_context({"svg.hashsalt": "aoi"}):
            plot.savefig(path, dpi=150, metadata=dated)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from None


def summary(anatomy: Anatomy) -> str:
    """`4 heads, 96% of the work is shared`."""
    count = counted(len(anatomy.heads), "head")
    return (
        count if len(anatomy.heads) == 1 else f"{count}, {percent(anatomy.shared_work_percent)} of the work is shared"
    )


def text_of(block: Block) -> list[str]:
    """What a box of layers says about itself."""
    heads = counted(len(block.heads), "head")
    what = counted(block.convolutions, "convolution") if block.convolutions else counted(block.operations, "operation")
    return [f"{heads} · {what}", f"{short(block.weights)} weights", f"{short(block.multiply_adds)} multiply-adds"]


def colour(count: int, total: int) -> str:
    """Of what `count` of `total` heads need."""
    if count < 2:
        return ALONE
    return to_hex(colormaps["Blues"](0.25 + 0.5 * (count - 2) / max(1, total - 2)))


def _ink(background: str) -> str:
    red, green, blue = to_rgb(background)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK


def _title(axes: Axes, places: Layout, title: str, anatomy: Anatomy) -> None:
    axes.text(0, places.top + 0.72, f"{title}: {summary(anatomy)}", fontsize=14, fontweight="bold", color=INK)
    work = f"{short(anatomy.weights)} weights, {short(anatomy.multiply_adds)} multiply-adds for one picture"
    if anatomy.times_apart > 1:
        work += f"; models of their own would take {anatomy.times_apart:.2g} times as many"
    if anatomy.uncounted:
        work += f" ({counted(len(anatomy.uncounted), 'operation')} not counted)"
    axes.text(0, places.top + 0.42, work, fontsize=10, color=QUIET)


def _block(axes: Axes, anatomy: Anatomy, block: Block, box: Box, picture: Pixels) -> None:
    if block.kind == "input":
        _input(axes, block, box, picture)
    elif block.kind == "resize":
        _box(axes, box, "white")
        _lines(axes, box, ["resize", block.name.removeprefix("resize ")], INK, bold=False)
    else:
        fill = colour(len(block.heads), len(anatomy.heads))
        _box(axes, box, fill)
        lines = text_of(block)
        tall = box.height > 1.2
        _lines(axes, box, [_heading(block, anatomy), *lines] if tall else lines, _ink(fill), bold=tall)


def _heading(block: Block, anatomy: Anatomy) -> str:
    if len(block.heads) == 1:
        return "own layers"
    return "shared trunk" if len(block.heads) == len(anatomy.heads) else "shared layers"


def _box(axes: Axes, box: Box, fill: str, edge: str = LINE) -> None:
    style = "round,pad=0,rounding_size=0.07"  # inches, as all that is drawn
    patch = FancyBboxPatch((box.left, box.bottom), box.width, box.height, boxstyle=style, mutation_aspect=1)
    patch.set(facecolor=fill, edgecolor=edge, linewidth=1)
    axes.add_patch(patch)


def _lines(axes: Axes, box: Box, lines: Sequence[str], ink: str, *, bold: bool) -> None:
    """Lines of text in the middle of a box, the first one bold if it is a heading."""
    step = 0.19 if bold else 0.165
    top = box.middle + step * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        heading = bold and number == 0
        style = (
            {"fontsize": 11, "fontweight": "bold"}
            if heading
            else {"fontsize": 9.5 if bold and box.width > 2.2 else 8.5}
        )
        axes.text(box.centre, top - step * number, line, ha="center", va="center", color=ink, **style)


def _input(axes: Axes, block: Block, box: Box, picture: Pixels) -> None:
    if box.height == NUMBERS:
        _box(axes, box, "white")
        _lines(axes, box, [block.name], INK, bold=False)
        return
    gray = picture[..., 0] if picture.shape[-1] == 1 else picture
    axes.imshow(
        gray, cmap="gray", vmin=0, vmax=255, extent=(box.left, box.right, box.bottom, box.top), aspect="auto", zorder=2
    )
    frame = Rectangle((box.left, box.bottom), box.width, box.height, fill=False, edgecolor=LINE, zorder=3)
    axes.add_patch(frame)
    axes.text(box.centre, box.bottom - 0.14, block.name, ha="center", va="center", fontsize=9, color=INK)


def _pattern() -> Pixels:
    """Something that looks like pixels, where there is no sample: uint8 (6, 6, 1)."""
    return np.random.default_rng(4).integers(90, 230, (6, 6, 1), np.uint8)


def _card(axes: Axes, box: Box, name: str, known: Mapping[str, Head]) -> None:
    _box(axes, box, "white")
    head = known.get(name)
    lift = 0.0 if head is None else 0.1
    axes.text(box.left + 0.14, box.middle + lift, _fitting(name, 20), fontsize=11, fontweight="bold", va="center")
    if head is not None:
        axes.text(box.left + 0.14, box.middle - lift, _fitting(_says(head), 28), fontsize=8.5, color=QUIET, va="center")


def _says(head: Head) -> str:
    """What a head answers, in a few words."""
    if head.kind == "defect":
        return "defect" if head.threshold is None else f"defect · fails over {head.threshold:.3g}"
    if head.kind == "class":
        judged = "" if head.threshold is None else f" · fails over {head.threshold:.3g}"
        return f"class · {counted(len(head.labels), 'label')}{judged}"
    return "value"


def _fitting(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _arrow(axes: Axes, path: Sequence[Point]) -> None:
    start, end = path[0], path[-1]
    if len(path) > 2:
        curve = Curve(path)
    elif start[1] == end[1]:
        curve = Curve([start, end])
    else:
        near = end[0] - 0.15  # from here on straight, so that the head points to the right
        bend = (start[0] + near) / 2
        curve = Curve([start, (bend, start[1]), (bend, end[1]), (near, end[1]), end], [1, 4, 4, 4, 2])
    axes.add_patch(
        FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=11, color=LINE, linewidth=1.2, zorder=0.5)
    )


def _legend(axes: Axes, anatomy: Anatomy, places: Layout) -> None:
    """A patch of each colour that is there."""
    counts = sorted({len(anatomy.blocks[n].heads) for n in places.blocks if anatomy.blocks[n].kind == "layers"})
    left, bottom = 0.0, places.bottom - LEGEND + 0.18
    for count in counts:
        patch = Rectangle((left, bottom), 0.2, 0.14, linewidth=0.8, edgecolor=LINE)
        patch.set_facecolor(colour(count, len(anatomy.heads)))
        axes.add_patch(patch)
        text = "needed by one head alone" if count == 1 else f"shared by {count} heads"
        axes.text(left + 0.28, bottom + 0.07, text, fontsize=9, va="center", color=INK)
        left += 0.28 + 0.075 * len(text) + 0.3
