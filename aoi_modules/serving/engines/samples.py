"""Inputs to try an engine with: golden samples, warm-up requests, or arrays drawn to fit a signature."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from aoi_modules.errors import AoiError
from aoi_modules.modelstore import golden
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire import records, tensors
from aoi_modules.wire.messages import PredictionLog, SignatureDef, TensorInfo

WARM_UP = "assets.extra/tf_serving_warmup_requests"
DEFAULT_SIGNATURE = "serving_default"
ROWS, OPEN_SIZE = 2, 32
"""Rows of a drawn array, and how long its other dimensions of open length are."""
MOST = 4
"""So many samples of a signature are enough."""


def samples(path: Path, signatures: Mapping[str, SignatureDef]) -> dict[str, list[Arrays]]:
    """Inputs for each signature that has any, the most telling first.

    Args:
        path: version directory.
        signatures: of the model there.
    """
    found: dict[str, list[Arrays]] = {}
    for name, inputs in _of_others(path):
        if name in signatures and signatures[name].inputs.keys() == inputs.keys():
            found.setdefault(name, []).append(inputs)
    for name, signature in signatures.items():
        if name not in found and (drawn := _drawn(signature)) is not None:
            found[name] = [drawn]
    return {name: inputs[:MOST] for name, inputs in found.items()}


def golden_inputs(truth: Golden) -> Arrays:
    """Golden samples as the inputs of `serving_default`."""
    arrays: dict[str, NDArray[Any]] = {"image": np.array([*truth.pictures, None], dtype=object)[:-1]}
    return arrays if truth.features is None else arrays | {"features": truth.features}


def _of_others(path: Path) -> Iterator[tuple[str, Arrays]]:
    """Signature and inputs of the samples that lie in the version directory. Damaged ones are for others to refuse."""
    try:
        if (path / golden.FILE_NAME).is_file():
            yield DEFAULT_SIGNATURE, golden_inputs(Golden.read(path / golden.FILE_NAME))
        if (path / WARM_UP).is_file():
            for record in records.read_records(path / WARM_UP):
                request = PredictionLog.FromString(record).predict_log.request
                inputs = {name: tensors.to_array(tensor, name) for name, tensor in request.inputs.items()}
                yield request.model_spec.signature_name or DEFAULT_SIGNATURE, inputs
    except (AoiError, ValueError, DecodeError):
        return


def _drawn(signature: SignatureDef) -> Arrays | None:
    """Noise of the shapes and dtypes that a signature states; None if they are not all known numbers."""
    random = np.random.default_rng(0)
    arrays = {name: _array(info, random) for name, info in signature.inputs.items()}
    known = {name: array for name, array in arrays.items() if array is not None}
    return known if len(known) == len(arrays) and known else None


def _array(info: TensorInfo, random: np.random.Generator) -> NDArray[Any] | None:
    dtype = tensors.dtype_of(info.dtype)
    if dtype is None or dtype.kind not in "fiu" or info.tensor_shape.unknown_rank:
        return None
    sizes = [dim.size for dim in info.tensor_shape.dim]
    shape = [size if size >= 0 else (OPEN_SIZE if place else ROWS) for place, size in enumerate(sizes)]
    if dtype.kind == "f":
        return random.random(shape).astype(dtype)
    # Whole numbers may be places in a table: small ones are in every table.
    return random.integers(0, 256 if dtype == np.uint8 else 2, shape).astype(dtype)
