"""The features of pictures, computed once and kept on the disk: a frozen backbone answers the same in every epoch."""

from typing import Literal

import numpy as np

from aoi_modules.datasets.table import Table
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.progress import Say, say
from aoi_modules.settings import Settings, settings
from aoi_modules.tf import keras
from aoi_modules.training.features import cache, fingerprint
from aoi_modules.training.features.cache import Dependencies, Features
from aoi_modules.training.features.extraction import Engine, extract
from aoi_modules.training.features.views import MIRRORED, PLAIN, Views

PIPELINE = 1
"""Number of the way from an encoded picture to the backbone's input; grows when decoder or resize change."""


def features(
    backbone: keras.Model,
    table: Table,
    picture_input: PictureInput,
    *,
    mirrored: bool = False,
    views: Views | None = None,
    dtype: Literal["float16", "float32"] = "float32",
    engine: Engine = "auto",
    given: Settings | None = None,
    log: Say = say,
) -> Features:
    """Gives the features of a table from the cache, or computes them and keeps them there.

    They depend on the pictures' content, the backbone, its weights, its input, the views and the dtype; on nothing
    else, so any number of heads with any targets use the same ones.

    Args:
        backbone: from float32 (B, H, W, C) to (B, F), frozen.
        table: N pictures.
        picture_input: the backbone's input.
        mirrored: also the three mirror images of each picture.
        views: other views of each picture, such as `views.copies`, instead of `mirrored`.
        dtype: float16 takes half the space and gives features that are a thousandth off.
        engine: what computes them, see `extraction.extract`.
        given: settings; None takes this process's.
        log: told where they lie, and which engine ran.

    Returns:
        float32 or float16 (V, N, F), V views of N pictures, mapped from the disk, read-only. The first view is the
        picture itself.

    Raises:
        NotAPicture: a picture cannot be decoded.
        DataError: the cache cannot be written, or float16 cannot hold a feature.
        ModelError: the backbone gives no vectors.
    """
    seen = views or (MIRRORED if mirrored else PLAIN)
    shape = (seen.count, len(table), _width(backbone))
    if len(table) == 0:
        return np.zeros(shape, dtype)
    root = cache.folder(given or settings())
    depends_on = dependencies_of(backbone, table, picture_input, seen, dtype)
    place = root / cache.key(depends_on)
    found = cache.read(root, depends_on, log=log)
    if found is not None:
        log(f"features from the cache: {place}")
        return found
    engines: list[str] = []
    with cache.writing(root, depends_on, shape, dtype, lambda: engines[0]) as writer:
        engines.append(extract(backbone, table, picture_input, writer.write, views=seen, engine=engine, log=log))
    log(f"features kept: {place}")
    for dropped in cache.trim(root, keep=place.name):
        log(f"features unused for longest dropped: {dropped}")
    kept: Features = np.load(place / cache.VALUES, mmap_mode="r")
    return kept


def dependencies_of(
    backbone: keras.Model, table: Table, picture_input: PictureInput, views: Views, dtype: str
) -> Dependencies:
    """Names everything that the features depend on. Arguments as `features`."""
    return {
        "pictures": fingerprint.of_pictures(table),
        "backbone": fingerprint.of_network(backbone),
        "weights": fingerprint.of_weights(backbone),
        "input": f"{picture_input.height} x {picture_input.width} x {picture_input.channels}",
        "pipeline": PIPELINE,
        "views": views.description,
        "dtype": dtype,
    }


def _width(backbone: keras.Model) -> int:
    shape = backbone.outputs[0].shape
    if len(shape) != 2 or shape[1] is None:
        raise ModelError(
            f"backbone {backbone.name}: expected features (N, F). Received: {tuple(shape)}",
            hint="build it with a pooling other than none",
        )
    width: int = shape[1]
    return width
