"""Magnetic tiles: gray pictures of tile surfaces, good or with one of five defects.

Uses the tables and rules of `datasets`, and `sources`; knows no other set.

Source: Huang, Qiu, Yuan: Surface defect saliency of magnetic tile, The Visual Computer, 2020.
"""

from aoi_modules.datasets.magnetic_tile.split import (
    GOOD,
    KIND_NAMES,
    LABEL_NAMES,
    NAME,
    TARGET,
    fold_by_id,
    folds,
    load,
    mask,
    masks,
    tiles,
)

__all__ = [
    "GOOD",
    "KIND_NAMES",
    "LABEL_NAMES",
    "NAME",
    "TARGET",
    "fold_by_id",
    "folds",
    "load",
    "mask",
    "masks",
    "tiles",
]
