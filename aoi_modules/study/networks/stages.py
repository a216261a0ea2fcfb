"""How the blocks of a network are stacked: its stages, each with maps half as wide as the one before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from aoi_modules.plots import Plot
from aoi_modules.tf import keras
from aoi_modules.training.networks.trunk import trunk_of
from aoi_modules.training.reporting.result_plots import COLOURS

SHRINKS = 0.6
"""A map at most so many times as wide as the first one of a stage begins the next stage. A window without padding takes
a few pixels away too, and that is no new stage."""
CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
MERGES = (keras.layers.Add, keras.layers.Concatenate)
HIGH, LOW = 0.62, 0.36
"""Heights in a drawing: of the numbers of every other narrow stage, and of all others."""


@dataclass(frozen=True)
class Stage:
    """Layers in a row whose maps are about equally wide.

    Args:
        side: of its last map, in places.
        channels: of the last map at which branches meet; of its last map where none do.
        convolutions: layers of it that have a window and weights.
    """

    side: int
    channels: int
    convolutions: int


def stages(backbone: keras.Model) -> tuple[Stage, ...]:
    """Finds the stages of the network of `keras.applications` in a backbone, from the picture to the last map.

    Raises:
        ModelError: there is no such network inside.
    """
    found: list[list[keras.layers.Layer]] = []
    for layer in _with_maps(trunk_of(backbone)):
        if not found or layer.output.shape[1] <= SHRINKS * found[-1][0].output.shape[1]:
            found.append([])
        found[-1].append(layer)
    return tuple(_stage(layers, last=layers is found[-1]) for layers in found)


def funnels(networks: Mapping[str, tuple[Stage, ...]], *, title: str = "How the blocks are stacked") -> Plot:
    """Draws each network from left to right: a box a stage, the higher the wider its maps, as long as it has layers.

    Heights are square roots of the sides, so that the small maps at the end can be seen.
    """
    plot = Plot(figsize=(9, 1.5 * len(networks) + 0.7), layout="constrained")
    for axes, (name, found) in zip(plot.subplots(len(networks), 1, squeeze=False).flat, networks.items(), strict=True):
        _funnel(axes, found)
        told = f"{name}: {sum(stage.convolutions for stage in found)} convolutions; side and channels of each stage"
        axes.set_title(told, fontsize=9, loc="left")
    plot.suptitle(title)
    return plot


def _funnel(axes: Axes, found: Sequence[Stage]) -> None:
    lengths = [max(1, stage.convolutions) for stage in found]
    tallest, left = found[0].side ** 0.5, 0
    for place, (stage, length) in enumerate(zip(found, lengths, strict=True)):
        high = stage.side**0.5
        axes.bar(left, high, length, -high / 2, align="edge", color=COLOURS[place % 6], edgecolor="white")
        narrow = length < 0.06 * sum(lengths)
        level = HIGH if narrow and place % 2 == 0 else LOW
        text = f"{stage.side} x {stage.side}\n{stage.channels}"
        axes.text(left + length / 2, (0.16 + level) * tallest, text, ha="center", va="bottom", fontsize=7)
        left += length
    axes.set_xlim(0, left)
    axes.set_ylim(-0.52 * tallest, 1.1 * tallest)
    axes.axis("off")


def _stage(layers: Sequence[keras.layers.Layer], *, last: bool) -> Stage:
    meeting = [] if last else [layer for layer in layers if isinstance(layer, MERGES)]
    output = (meeting or layers)[-1].output
    convolutions = sum(isinstance(layer, CONVOLUTIONS) for layer in layers)
    return Stage(layers[-1].output.shape[1], output.shape[3], convolutions)


def _with_maps(trunk: keras.Model) -> Iterator[keras.layers.Layer]:
    """The layers that give a map (N, h, w, C). The picture itself and its padding belong to no stage."""
    for layer in trunk.layers:
        if not isinstance(layer, keras.layers.InputLayer | keras.layers.ZeroPadding2D) and len(layer.output.shape) == 4:
            yield layer
