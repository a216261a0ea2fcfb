"""An engine proves itself on the golden samples of a servable, before anybody else may ask it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.export import golden
from aoi_modules.export.golden import Golden
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.servable import DEFAULT_SIGNATURE

TOLERANCE = {"float32": 1e-4, "float16": 1e-2}
"""How far the scores may be from those of the source models, by the precision of the servable's weights."""


def check_golden(engine: Engine, path: Path) -> float:
    """Asks an engine about the golden samples of a version directory.

    Returns:
        The greatest difference from the source models' scores, as `golden.largest_difference` counts it.

    Raises:
        ModelError: it is more than the precision of the servable allows; names the head.
        RpcError: the engine refuses the samples.
        StoreError: there are no samples.
    """
    truth = Golden.read(path / golden.FILE_NAME)
    found = engine.run(engine.signatures[DEFAULT_SIGNATURE], inputs(truth), sorted(truth.scores))
    head, difference = golden.largest_difference(truth.scores, found)
    allowed = TOLERANCE[manifests.read(path).precision]
    if not difference <= allowed:
        raise ModelError(
            f"{path}: does not score as its source: head {head} differs by {difference:.3g}, "
            f"expected at most {allowed:g}"
        )
    return difference


def inputs(truth: Golden) -> Arrays:
    """The samples as the inputs of `serving_default`."""
    arrays: dict[str, NDArray[Any]] = {"image": np.array([*truth.pictures, None], dtype=object)[:-1]}
    if truth.features is not None:
        arrays["features"] = truth.features
    return arrays
