"""Computes and draws feature maps: what the layers of a backbone make of one picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import Plot, title_of
from aoi_modules.tf import keras, tf
from aoi_modules.training.networks.trunk import trunk_of

Maps = NDArray[np.float32]
SCALING, REPEATED = "scaling", "gray_to_rgb"
"""Layers of a backbone in front of its trunk."""
MAPS = (keras.layers.Conv2D, keras.layers.BatchNormalization, keras.layers.Activation, keras.layers.ReLU)
"""Layers whose outputs are worth looking at, beside those that merge branches."""
EXTREME = 0.02
"""Share of a map's places, at either end, that are drawn in one colour."""
TINY = 1e-12
"""Contrast of a map that is the same everywhere."""
MARGIN = 10
"""A tenth of a map's side, at each edge, does not count when maps are compared."""


@dataclass(frozen=True)
class FeatureMaps:
    """The maps that one layer gives of one picture.

    Args:
        layer: its name in the trunk.
        values: float32 (h, w, F), one map a channel.
    """

    layer: str
    values: Maps

    def strongest(self, count: int) -> Maps:
        """Gives the maps that vary most from place to place, the strongest first: float32 (h, w, count or fewer).

        The margin does not count: filters see the padding there, and that edge is often the strongest of all.
        """
        height, width, channels = self.values.shape
        top, left = -(-height // MARGIN), -(-width // MARGIN)
        inner = self.values[top : height - top, left : width - left] if min(height, width) > 2 else self.values
        spread = inner.reshape(-1, channels).std(axis=0)
        return self.values[..., np.argsort(-spread, kind="stable")[:count]]


def feature_maps(backbone: keras.Model, picture: Pixels, reduction: int) -> FeatureMaps:
    """Computes what a layer deep in the backbone makes of a picture.

    Args:
        backbone: of `backbones`, with a pretrained network inside.
        picture: uint8 (h, w, 1) or (h, w, 3) of any size; it is resized to the backbone's input.
        reduction: how many times smaller than the input's side the map is, 2 near the input, 32 near the end. The last
            layer whose map comes nearest to that is taken.

    Raises:
        ModelError: no network inside, or no such reduction.
    """
    if reduction < 1:
        raise ModelError(f"reduction: expected 1 or more, such as 4 or 16. Received: {reduction}")
    trunk = trunk_of(backbone)
    layer = layer_at(trunk, reduction)
    height, width, channels = backbone.inputs[0].shape[1:]
    sized = tf.image.resize(tf.cast(picture, tf.float32), (height, width), antialias=True)
    image = tf.image.grayscale_to_rgb(sized) if picture.shape[-1] < channels else sized
    inner = keras.Model(trunk.inputs[0], layer.output)
    values: Maps = inner(before_trunk(backbone)(image[tf.newaxis]), training=False)[0].numpy()
    return FeatureMaps(layer.name, values)


def layer_at(trunk: keras.Model, reduction: int) -> keras.layers.Layer:
    """Finds the last layer whose map (N, h, w, F) is so many times smaller than the input, or nearest to that."""
    side = trunk.inputs[0].shape[1] / reduction
    merging = (keras.layers.Add, keras.layers.Concatenate)
    layers = [one for one in trunk.layers if isinstance(one, (*MAPS, *merging)) and one.output.shape[1]]
    return min(reversed(layers), key=lambda one: abs(log(one.output.shape[1] / side)))


def gallery(
    maps: Mapping[str, FeatureMaps],
    picture: Pixels,
    origin: DataOrigin,
    *,
    count: int = 6,
    title: str = "Feature maps",
    profile: str = "",
) -> Plot:
    """Draws a row for each backbone: the picture, then its strongest maps, each in its own colours.

    The darkest and brightest `EXTREME` of a map share a colour, because the padded edge would leave the rest without
    contrast.

    Args:
        maps: backbone -> its maps float32 (h, w, F).
        picture: uint8 (h, w, 1) or (h, w, 3).
        origin: of the picture.
        count: maps of each backbone.
        title: of the plot.
        profile: of the lesson.
    """
    plot = Plot(figsize=(1.35 * (count + 1) + 1.2, 1.5 * len(maps) + 0.6), layout="constrained")
    grid = plot.subplots(len(maps), count + 1, squeeze=False)
    for row, (name, found) in zip(grid, maps.items(), strict=True):
        height, width, channels = found.values.shape
        for cell in row:
            cell.set_xticks([])
            cell.set_yticks([])
            cell.axis("off")
        row[0].imshow(picture[..., 0] if picture.shape[-1] == 1 else picture, cmap="gray", vmin=0, vmax=255)
        row[0].set_title(f"{name}\n{height} x {width}, {channels} maps", fontsize=8, loc="left")
        strongest = found.strongest(count)
        for cell, number in zip(row[1:], range(strongest.shape[-1]), strict=False):
            low, high = np.quantile(strongest[..., number], (EXTREME, 1 - EXTREME))
            cell.imshow(strongest[..., number], cmap="viridis", vmin=low, vmax=max(high, low + TINY))
    plot.suptitle(title_of(title, origin, profile))
    return plot


def before_trunk(backbone: keras.Model) -> keras.Model:
    """Gives the layers before the trunk as a model: (N, H, W, C) in [0, 255] to (N, H, W, 3), scaled for the trunk.

    Args:
        backbone: of `backbones`, or a model joined from one.
    """
    names = [layer.name for layer in backbone.layers]
    last = next((name for name in (SCALING, REPEATED) if name in names), backbone.layers[0].name)
    return keras.Model(backbone.inputs[0], backbone.get_layer(last).output)
