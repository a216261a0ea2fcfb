"""The blocks that famous networks are stacked from, as data: one description to draw and to build. No TensorFlow.

Every block takes a map of C channels and gives one of the same height, width and channels, so that they compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aoi_modules.errors import ModelError

INPUT = "input"
Kind = Literal["convolution", "depthwise", "pool", "add", "concatenate"]
MERGES: tuple[Kind, ...] = ("add", "concatenate")
EXPANSION = 6
"""How many times as many channels an inverted residual has inside."""


@dataclass(frozen=True)
class Step:
    """One layer of a block.

    Args:
        name: unique in its block.
        kind: what it does; `pool` is a mean over its window.
        takes: names of what it works on, `INPUT` or steps before it.
        channels: of its output.
        window: side of what it looks at, in pixels of the map.
        activation: after it; empty for none.
        lane: column in a diagram; steps that merge lie across all of them.
    """

    name: str
    kind: Kind
    takes: tuple[str, ...]
    channels: int
    window: int = 1
    activation: Literal["relu", "relu6", ""] = "relu"
    lane: int = 0


@dataclass(frozen=True)
class Block:
    """A block of a family of networks.

    Args:
        name: for people.
        family: networks that are built from it.
        channels: of its input and output.
        steps: in an order in which they can be computed; the last one is the output.
        batch_norm: whether batch normalisation follows each convolution; without it convolutions have a bias.
    """

    name: str
    family: str
    channels: int
    steps: tuple[Step, ...]
    batch_norm: bool = True

    @property
    def lanes(self) -> int:
        """Columns of a diagram."""
        return 1 + max(max(step.lane for step in self.steps), max(self.shortcuts().values(), default=0))

    def rows(self) -> dict[str, int]:
        """Counts the row of each step in a diagram: the most steps that lead to it. The input has row 0."""
        rows = {INPUT: 0}
        for step in self.steps:
            rows[step.name] = 1 + max(rows[name] for name in step.takes)
        return rows

    def shortcuts(self) -> dict[str, int]:
        """Finds the merging steps that also take the block's input as it is, and the free lane for its arrow."""
        free = 1 + max(step.lane for step in self.steps)
        return {step.name: free for step in self.steps if step.kind in MERGES and INPUT in step.takes}


def blocks(channels: int) -> Mapping[str, Block]:
    """Describes the five blocks for maps (N, h, w, channels), by name.

    Raises:
        ModelError: the channels cannot be divided among the branches.
    """
    if channels < 8 or channels % 8:
        raise ModelError(f"channels: expected a multiple of 8. Received: {channels}")
    made = (_plain(channels), _bottleneck(channels), _mixed(channels), _separable(channels), _inverted(channels))
    return {block.name: block for block in made}


def _plain(channels: int) -> Block:
    steps = (
        Step("first", "convolution", (INPUT,), channels, window=3),
        Step("second", "convolution", ("first",), channels, window=3),
    )
    return Block("plain pair", "VGG", channels, steps, batch_norm=False)


def _bottleneck(channels: int) -> Block:
    inner = channels // 4
    steps = (
        Step("reduce", "convolution", (INPUT,), inner),
        Step("look", "convolution", ("reduce",), inner, window=3),
        Step("restore", "convolution", ("look",), channels, activation=""),
        Step("sum", "add", ("restore", INPUT), channels),
    )
    return Block("bottleneck", "ResNet", channels, steps)


def _mixed(channels: int) -> Block:
    """The shares of channels are those of InceptionV3's first mixed block."""
    eighth = channels // 8
    steps = (
        Step("point", "convolution", (INPUT,), 2 * eighth, lane=0),
        Step("reduce-5", "convolution", (INPUT,), 3 * eighth // 2, lane=1),
        Step("look-5", "convolution", ("reduce-5",), 2 * eighth, window=5, lane=1),
        Step("reduce-3", "convolution", (INPUT,), 2 * eighth, lane=2),
        Step("look-3", "convolution", ("reduce-3",), 3 * eighth, window=3, lane=2),
        Step("again-3", "convolution", ("look-3",), 3 * eighth, window=3, lane=2),
        Step("mean", "pool", (INPUT,), channels, window=3, activation="", lane=3),
        Step("point-mean", "convolution", ("mean",), eighth, lane=3),
        Step("side by side", "concatenate", ("point", "look-5", "again-3", "point-mean"), channels, activation=""),
    )
    return Block("mixed", "Inception", channels, steps)


def _separable(channels: int) -> Block:
    steps = (
        Step("look", "depthwise", (INPUT,), channels, window=3, activation="relu6"),
        Step("mix", "convolution", ("look",), channels, activation="relu6"),
    )
    return Block("separable", "MobileNet", channels, steps)


def _inverted(channels: int) -> Block:
    inner = EXPANSION * channels
    steps = (
        Step("expand", "convolution", (INPUT,), inner, activation="relu6"),
        Step("look", "depthwise", ("expand",), inner, window=3, activation="relu6"),
        Step("project", "convolution", ("look",), channels, activation=""),
        Step("sum", "add", ("project", INPUT), channels, activation=""),
    )
    return Block("inverted residual", "MobileNetV2", channels, steps)
