"""Draws what layers make of one picture: each layer's output as small pictures, one row a layer."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import Plot, title_of
from aoi_modules.tf import keras
from aoi_modules.training.reporting.result_plots import COLOURS

Maps = NDArray[np.float32]
CHANNELS = 6
"""Maps shown of each layer."""


def stages(picture: Pixels, layers: Sequence[keras.layers.Layer]) -> dict[str, Maps]:
    """Computes what each layer gives for a picture that goes through all of them in turn, as when a model is used.

    Args:
        picture: uint8 or float32 (h, w, c), in [0, 255].
        layers: in their order; those of a model are `model.layers`.

    Returns:
        Layer's name -> float32 (h, w, c) or (c,); first of all the `picture` itself.

    Raises:
        ModelError: the picture is no (h, w, c).
    """
    if picture.ndim != 3:
        raise ModelError(f"picture: expected the shape (h, w, c). Received: {picture.shape}")
    values = picture[np.newaxis].astype(np.float32)
    found = {"picture": values[0]}
    for layer in layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        values = layer(values)
        found[layer.name] = np.asarray(values)[0]
    return found


def layer_maps(
    found: Mapping[str, Maps],
    origin: DataOrigin,
    *,
    title: str = "What the layers give",
    channels: int = CHANNELS,
    names: Sequence[str] = (),
) -> Plot:
    """Draws the first maps of every stage, float32 (h, w, c), each in its own shades; a vector (c,) as bars.

    Args:
        found: stage -> what it gives.
        origin: of the picture.
        title: of the plot.
        channels: maps drawn of each stage at most.
        names: of channels; they are written at every stage that has as many of them.
    """
    plot = Plot(figsize=(1.6 + 1.25 * channels, 0.5 + 1.35 * max(1, len(found))), layout="constrained")
    grid = plot.add_gridspec(max(1, len(found)), channels + 1, width_ratios=[1.4, *[1] * channels])
    for row, (name, values) in enumerate(found.items()):
        _say(plot.add_subplot(grid[row, 0]), f"{name}\n{' x '.join(map(str, values.shape))}")
        if values.ndim == 1:
            _bars(plot.add_subplot(grid[row, 1:]), values, names if len(names) == len(values) else ())
            continue
        for place in range(min(channels, values.shape[-1])):
            cell = plot.add_subplot(grid[row, place + 1])
            cell.imshow(values[..., place], cmap="gray")
            cell.axis("off")
            if len(names) == values.shape[-1]:
                cell.set_title(names[place], fontsize=8)
    plot.suptitle(title_of(title, origin))
    return plot


def _say(axes: Axes, text: str) -> None:
    axes.axis("off")
    axes.text(1.0, 0.5, text, ha="right", va="center", fontsize=9, transform=axes.transAxes)


def _bars(axes: Axes, values: Maps, names: Sequence[str]) -> None:
    axes.bar(np.arange(len(values)), values, color=COLOURS[0])
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_xticks(range(len(names)), names, rotation=25, ha="right")
    axes.tick_params(labelsize=7)
