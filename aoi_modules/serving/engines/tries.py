"""Inputs to try an engine with: golden samples, warm-up requests, or arrays drawn to fit a signature."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from aoi_modules.errors import AoiError
from aoi_modules.modelstore import layout, warmup
from aoi_modules.modelstore.golden import Golden, drawn_pictures
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire import tensors
from aoi_modules.wire.messages import SignatureDef, TensorInfo
from aoi_modules.wire.tensors import STRING, Array

ROWS, OPEN_SIZE = 2, 32
"""Rows of a drawn array, and how long its other dimensions of open length are."""
MOST = 4
"""So many tries of a signature are enough."""


def tries(path: Path, signatures: Mapping[str, SignatureDef]) -> dict[str, list[Arrays]]:
    """Inputs for each signature that has any, the most telling first.

    Args:
        path: version directory.
        signatures: of the model there.

    Returns:
        {signature: at most `MOST` sets of inputs}; shapes and dtypes are those that the signature states.
    """
    found: dict[str, list[Arrays]] = {}
    for name, inputs in _brought_along(path):
        if name in signatures and signatures[name].inputs.keys() == inputs.keys():
            found.setdefault(name, []).append(inputs)
    for name, signature in signatures.items():
        if name not in found and (drawn := _drawn(signature)) is not None:
            found[name] = [drawn]
    return {name: inputs[:MOST] for name, inputs in found.items()}


def _brought_along(path: Path) -> Iterator[tuple[str, Arrays]]:
    """Signature and inputs of what lies in the version directory. Others refuse what is damaged there."""
    try:
        if (path / layout.GOLDEN_FILE).is_file():
            yield layout.DEFAULT_SIGNATURE, Golden.read(path).inputs
        yield from warmup.predictions(path)
    except (AoiError, ValueError):  # whoever reads it for its own sake says what is damaged
        return


def _drawn(signature: SignatureDef) -> Arrays | None:
    """Noise of the shapes and dtypes that a signature states; None if they are not all known numbers."""
    random = np.random.default_rng(0)
    arrays = {name: _array(info, random) for name, info in signature.inputs.items()}
    known = {name: array for name, array in arrays.items() if array is not None}
    return known if len(known) == len(arrays) and known else None


def made(signature: SignatureDef) -> Arrays | None:
    """Inputs of the shapes and dtypes that a signature states, for one run of it, strings among them.

    A string is an encoded picture: what a line sends. None where an input can have no array, or where its number of
    dimensions is open: TensorFlow may end the process when a picture's operation is given another number of them.
    """
    random = np.random.default_rng(0)
    arrays = {
        name: _text(info) if info.dtype == STRING else _array(info, random) for name, info in signature.inputs.items()
    }
    known = {name: array for name, array in arrays.items() if array is not None}
    return known if len(known) == len(arrays) else None


def _text(info: TensorInfo) -> Array:
    """An encoded picture at each place of the shape; of open rank, one in a row."""
    sizes = [dim.size for dim in info.tensor_shape.dim]
    shape = [1] if info.tensor_shape.unknown_rank else [max(1, size) for size in sizes]
    (picture,) = drawn_pictures(PictureInput(height=OPEN_SIZE, width=OPEN_SIZE, channels=3), count=1)
    texts: Array = np.empty(shape, object)
    texts.fill(picture)
    return texts


def _array(info: TensorInfo, random: np.random.Generator) -> Array | None:
    dtype = tensors.dtype_of(info.dtype)
    if dtype is None or dtype.kind not in "fiu" or info.tensor_shape.unknown_rank:
        return None
    sizes = [dim.size for dim in info.tensor_shape.dim]
    shape = [size if size >= 0 else (OPEN_SIZE if place else ROWS) for place, size in enumerate(sizes)]
    if dtype.kind == "f":
        return random.random(shape, np.float64 if dtype == np.float64 else np.float32).astype(dtype, copy=False)
    # Whole numbers may be places in a table: small ones are in every table.
    return random.integers(0, 256 if dtype == np.uint8 else 2, shape).astype(dtype)
