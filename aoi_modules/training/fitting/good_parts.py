"""A head that was never shown a defect: it keeps in mind how good parts look, patch by patch, and measures how far a
part is from all of them.

The patches of good training pictures are described by the maps of a frozen backbone. A few of them, far from each
other, stand for all (the bank). A patch's distance to the nearest of the bank, against the distances that are usual at
its place of the picture, says how unusual it is, and the most unusual patch judges the picture. What such a head cannot
do: promise anything about defects, of which it knows none.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from aoi_modules.modelstore.layout import IMAGE, map_name
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras
from aoi_modules.training.networks.tiling import Box, Grid, TileByTile, cropped

CANDIDATES = 30_000
"""Patches from which the bank is chosen."""
MOST_KEPT = 1_000
"""Patches of the bank."""
SHARE_KEPT = 0.1
"""Of few patches the bank is this share: the others tell which distances from it are usual."""
LEAST_VARIANCE = 0.01
"""A direction's variance counts as at least this share of the mean one: what hardly varied must not decide alone."""
LEAST_USUAL = 0.1
"""A place's usual distance counts as at least this share of all places' mean: an empty place must not decide alone."""
NEIGHBOURS = 3
"""A place is as unusual as it and its neighbours are on average, in a square of so many rows and columns."""
MOST_CELLS = 96
"""Rows and columns of a map; finer ones are put together, the worst patch for all."""


@dataclass(frozen=True)
class Bank:
    """How good parts look.

    Args:
        kernel: float32 (F, F), from a patch's features to the directions in which they are compared.
        bias: float32 (F,).
        patches: float32 (M, F), of good parts.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    patches: NDArray[np.float32]

    @classmethod
    def of(cls, features: NDArray[np.float32], *, seed: int = 0) -> "Bank":
        """Chooses the patches that stand for all.

        Args:
            features: float32 (P, F), of patches of good parts.
            seed: of everything that is random.
        """
        random = np.random.default_rng(seed)
        if len(features) > CANDIDATES:
            features = features[np.sort(random.choice(len(features), CANDIDATES, replace=False))]
        mean, kernel = whitening(features)
        bias = (-mean @ kernel).astype(np.float32)
        points = np.asarray(features, np.float32) @ kernel + bias
        count = min(MOST_KEPT, math.ceil(SHARE_KEPT * len(points)))
        return cls(kernel, bias, points[farthest_first(points, count)])


def whitening(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Finds the directions in which features vary, each scaled so that it varies as much as the others.

    Good parts differ most in what does no harm, such as their brightness. A defect shows where they hardly differ.

    Args:
        features: float32 (P, F).

    Returns:
        Their mean, float32 (F,), and the directions, float32 (F, F). Along them the square of the distance between two
        patches is 2 on average.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    apart = features - mean
    variance, directions = np.linalg.eigh(apart.T @ apart / len(apart))
    spread = np.sqrt(np.maximum(variance, 0) + LEAST_VARIANCE * variance.mean()) * np.sqrt(len(variance))
    spread[spread == 0] = 1.0  # all patches are equal
    return mean.astype(np.float32), (directions / spread).astype(np.float32)


def farthest_first(points: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Chooses points, each the farthest from those chosen before: every other one has one of them near.

    Args:
        points: float32 (P, D).
        count: at most.

    Returns:
        Rows int64 (M,); fewer than `count` where all others are equal to one of them.
    """
    squares = np.square(points).sum(axis=1)
    chosen = [int(np.square(points - points.mean(axis=0)).sum(axis=1).argmin())]
    nearest = np.full(len(points), np.inf, np.float32)
    while len(chosen) < count:
        last = points[chosen[-1]]
        nearest = np.minimum(nearest, squares - 2 * (points @ last) + squares[chosen[-1]])
        farthest = int(nearest.argmax())
        if nearest[farthest] <= 1e-6 * max(1.0, float(squares[farthest])):  # rounding leaves so much of nothing
            break
        chosen.append(farthest)
    return np.array(chosen, np.int64)


def step_of(network: keras.Model, pictures: int) -> int:
    """Chooses which of a map's places are taken of each picture: every one, every second or every fourth, each way.

    Args:
        network: from float32 (N, H, W, C) to a map float32 (N, h, w, F).
        pictures: that there are; together they give enough patches to choose from.
    """
    _, high, wide, _ = network.outputs[0].shape
    found = next((step for step in (1, 2) if pictures * (high // step) * (wide // step) <= 2 * CANDIDATES), 4)
    return int(min(found, high, wide))


def sampled(network: keras.Model, step: int, first: tuple[int, int] = (0, 0)) -> keras.Model:
    """Makes a network that gives every `step`-th place of a map.

    Pictures begin at different places: what is only seen at the rim, or between two places of a coarser map, would be
    unusual otherwise.

    Args:
        network: from float32 (N, H, W, C) to a map float32 (N, h, w, F).
        step: see `step_of`.
        first: row and column of the first place, each under `step`.

    Output shape: float32 (N, places * F).
    """
    image = keras.Input(network.inputs[0].shape[1:], name=IMAGE)
    rest = keras.layers.Cropping2D(((first[0], 0), (first[1], 0)))(network(image))
    places = keras.layers.Flatten()(keras.layers.AveragePooling2D(1, step)(rest))
    model = keras.Model(image, places, name=f"every_{step}_{network.name}")
    model.trainable = False
    return model


def distances(network: keras.Model, bank: Bank, *, tiles: Grid = (1, 1)) -> keras.Model:
    """Measures how far the patches of a picture, or of a tile, are from those of good parts.

    Args:
        network: from float32 (N, H, W, C) to a map float32 (N, h, w, F).
        bank: of good parts.
        tiles: of a whole picture; with many of them fewer cells are told of each.

    Output shape: float32 (N, rows, columns), squared distances, each the mean of its neighbourhood; of places that are
    put together the largest.
    """
    image = keras.Input(network.inputs[0].shape[1:], name=IMAGE)
    constant = keras.initializers.Constant
    points = keras.layers.Conv2D(
        len(bank.bias), 1, kernel_initializer=constant(bank.kernel[np.newaxis, np.newaxis]),
        bias_initializer=constant(bank.bias), name="directions",
    )(network(image))  # fmt: skip
    # |p - b|^2 = |p|^2 - 2 p b + |b|^2: the last two are one convolution, the first is the same for all b.
    others = keras.layers.Conv2D(
        len(bank.patches), 1, kernel_initializer=constant(-2 * bank.patches.T[np.newaxis, np.newaxis]),
        bias_initializer=constant(np.square(bank.patches).sum(axis=1)), name="bank",
    )(points)  # fmt: skip
    nearest = keras.ops.min(others, axis=-1, keepdims=True)
    squares = keras.ops.relu(nearest + keras.ops.sum(keras.ops.square(points), axis=-1, keepdims=True))
    _, high, wide, _ = squares.shape
    together = _together(high, tiles[0]), _together(wide, tiles[1])
    # A defect changes neighbouring patches, too; a single patch that is far from all is more often chance.
    squares = keras.layers.AveragePooling2D(NEIGHBOURS, 1, padding="same")(squares)
    cells = keras.layers.MaxPooling2D(together, padding="same")(squares)
    model = keras.Model(image, keras.ops.squeeze(cells, axis=-1), name="distances")
    model.trainable = False
    return model


def distance_map(cells: keras.Model, picture_input: PictureInput, grid: Grid, box: Box | None) -> keras.Model:
    """Measures a whole picture as `cells` measures what the network sees at once.

    Args:
        cells: see `distances`, of a picture or of a tile.
        picture_input: the whole picture.
        grid: tiles of the part that is looked at; (1, 1) without.
        box: that part; None for all.

    Input shape: `image` float32 (N, H, W, C). Output shape: float32 (N, rows, columns).
    """
    image = keras.Input((picture_input.height, picture_input.width, picture_input.channels), name=IMAGE)
    (rows, columns), (_, high, wide) = grid, cells.outputs[0].shape
    seen = cropped(image, box)
    if grid == (1, 1):
        found = cells(seen)
    else:
        flat = keras.Model(cells.inputs[0], keras.layers.Flatten()(cells.outputs[0]), name="cells")
        found = keras.ops.reshape(TileByTile(flat, rows, columns)(seen), (-1, rows, columns, high, wide))
        found = keras.ops.transpose(found, (0, 1, 3, 2, 4))
        found = keras.ops.reshape(found, (-1, rows * high, columns * wide))
    model = keras.Model(image, found, name="distance_map")
    model.trainable = False
    return model


def usual_at(found: NDArray[np.float32]) -> NDArray[np.float64]:
    """Computes which distance is usual at each place: at the rim of a picture, or where parts differ, a larger one.

    Args:
        found: float32 (N, rows, columns), of good parts.

    Returns:
        float64 (rows, columns), more than 0.
    """
    mean = found.mean(axis=0, dtype=np.float64)
    smooth: NDArray[np.float64] = ndimage.uniform_filter(mean, NEIGHBOURS, mode="nearest")
    return np.maximum(smooth, max(LEAST_USUAL * float(smooth.mean()), 1e-6))


def picture_model(head: Head, measured: keras.Model, usual: NDArray[np.float64], limit: float) -> keras.Model:
    """Makes the model that judges a picture by its most unusual patch.

    A patch that is r times as far as usual scores r^4 / (r^4 + limit^2), with the limit as a square: 0.5 at the limit,
    0 where it equals a good one, and near 1 at twice the limit.

    Args:
        head: what is answered.
        measured: see `distance_map`.
        usual: see `usual_at`.
        limit: the squared distance, as a multiple of the usual one, that scores 0.5.

    Input shape: `image` float32 (N, H, W, C). Output shape: a dict, head -> float32 (N, 1), and its map.
    """
    ratio = keras.ops.square(keras.layers.Rescaling((1 / (limit * usual)).tolist())(measured.outputs[0]))
    scores = ratio / (ratio + 1.0)
    worst = keras.ops.max(keras.ops.reshape(scores, (-1, scores.shape[1] * scores.shape[2])), axis=1, keepdims=True)
    return keras.Model(measured.inputs[0], {head.name: worst, map_name(head.name): scores}, name="model")


def _together(places: int, tiles: int) -> int:
    """How many places of a map become one cell, so that all tiles have not more than `MOST_CELLS`."""
    return min(places, -(-places * tiles // MOST_CELLS))
