"""Draws blocks from the same description that they are built from, so that picture and network agree."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from aoi_modules.plots import Plot
from aoi_modules.study.networks.blocks import INPUT, MERGES, Block, Step

WIDTH, HEIGHT = 0.9, 0.6
"""Of a box, where lanes and rows are 1 apart."""
COLOURS = {
    "input": "#ffffff",
    "convolution": "#bfdbf2",
    "depthwise": "#fbd9a5",
    "pool": "#e4e4e7",
    "add": "#c9e7cf",
    "concatenate": "#c9e7cf",
}
ACTIVATIONS = {"relu": "ReLU", "relu6": "ReLU6"}
LINE = "#4b5563"


def diagrams(blocks: Sequence[Block], *, title: str = "Blocks") -> Plot:
    """Draws blocks side by side, each from its input at the top to its output at the bottom."""
    lanes = [max(1.3, block.lanes) for block in blocks]
    rows = max(max(block.rows().values()) for block in blocks)
    plot = Plot(figsize=(1.35 * sum(lanes) + 0.4, 0.95 * (rows + 1) + 0.9), layout="constrained")
    for axes, block in zip(plot.subplots(1, len(blocks), width_ratios=lanes, squeeze=False).flat, blocks, strict=True):
        draw(axes, block)
        axes.set_ylim(-rows - 0.75, 0.5)
    plot.suptitle(title)
    return plot


def draw(axes: Axes, block: Block) -> None:
    """Draws one block into given axes: boxes are layers, arrows are maps."""
    rows = block.rows()
    steps = {step.name: step for step in block.steps}
    middle = (block.lanes - 1) / 2
    _box(axes, middle, 0, block.lanes, f"input\n{block.channels} channels", COLOURS["input"])
    for step in block.steps:
        wide = step.kind in MERGES
        row = rows[step.name]
        _box(axes, middle if wide else step.lane, -row, block.lanes if wide else 1, text_of(step), COLOURS[step.kind])
        for name in step.takes:
            _arrow(axes, _lane(block, steps, name, step), rows[name], row, name == INPUT and wide)
    last = rows[block.steps[-1].name]
    _arrow(axes, middle, last, last + 1, False)
    axes.set_xlim(min(-0.6, middle - 0.7), max(block.lanes - 0.4, middle + 0.7))
    axes.axis("off")
    axes.set_title(f"{block.name}\n({block.family})", fontsize=10)


def text_of(step: Step) -> str:
    """Writes the text of a step's box, in two or three short lines."""
    if step.kind in MERGES:
        what = {"add": "add", "concatenate": "side by side"}[step.kind]
    else:
        noun = {"convolution": "convolution", "depthwise": "depthwise", "pool": "mean"}[step.kind]
        what = f"{step.window} x {step.window} {noun}"
    after = f", {ACTIVATIONS[step.activation]}" if step.activation else ""
    return f"{what}\n{step.channels}{after}"


def _lane(block: Block, steps: dict[str, Step], taken: str, step: Step) -> int:
    """The lane on which a map runs from where it is made to where it is taken."""
    if step.kind not in MERGES:
        return step.lane
    return block.shortcuts()[step.name] if taken == INPUT else steps[taken].lane


def _box(axes: Axes, x: float, y: float, lanes: int, text: str, colour: str) -> None:
    width = lanes - 1 + WIDTH
    corner = (x - width / 2, y - HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch(corner, width, HEIGHT, boxstyle=style, facecolor=colour, edgecolor=LINE))
    axes.text(x, y, text, ha="center", va="center", fontsize=8)


def _arrow(axes: Axes, lane: float, above: int, below: int, shortcut: bool) -> None:
    axes.annotate(
        "",
        xy=(lane, -below + HEIGHT / 2),
        xytext=(lane, -above - HEIGHT / 2),
        arrowprops={"arrowstyle": "-|>", "color": LINE, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
    )
    if shortcut:
        axes.text(lane, -(above + below) / 2, " shortcut", fontsize=8, color=LINE, ha="left", va="center")
