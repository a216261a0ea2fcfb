"""An engine proves itself on the golden samples of a servable, before anybody else may ask it."""

from pathlib import Path

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import golden, layout
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import Engine

TOLERANCE = 1e-4
"""How far the scores may be from those of the source models, unless the manifest allows more."""


def prove(engine: Engine, path: Path) -> float:
    """Asks an engine about the golden samples of a version directory.

    Returns:
        The greatest difference from the source models' scores, as `golden.largest_difference` counts it.

    Raises:
        ModelError: it is more than is allowed; names the head.
        RpcError: the engine refuses the samples.
        StoreError: there are no samples.
    """
    truth = Golden.read(path)
    found = engine.run(engine.signatures[layout.DEFAULT_SIGNATURE], truth.inputs, sorted(truth.scores))
    head, difference = golden.largest_difference(truth.scores, found)
    allowed = max(TOLERANCE, manifests.read(path).tolerance)
    if not difference <= allowed:
        raise ModelError(
            f"{path}: does not score as its source: head {head} differs by {difference:.3g}, "
            f"expected at most {allowed:g}"
        )
    return difference
