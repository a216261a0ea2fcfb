"""The inputs of several requests as those of one."""

from collections.abc import Sequence

import numpy as np

from aoi_modules.serving.engine import Arrays
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array


def merged(requests: Sequence[Arrays]) -> Arrays:
    """Puts the inputs of several requests one behind the other.

    Args:
        requests: of each, an array (N, ...) for each input. N may differ, dtype and rank not; smaller sizes of the
            other dimensions are filled up with the first value of their array.

    Returns:
        For each input an array of as many rows as all requests have together.

    Raises:
        RpcError: INVALID_ARGUMENT, an empty array would have to be filled up.
    """
    if len(requests) == 1:
        return requests[0]
    return {name: np.concatenate(_padded([inputs[name] for inputs in requests])) for name in requests[0]}


def filled_up(inputs: Arrays, missing: int) -> Arrays:
    """Adds so many rows to inputs (N, ...); each of them repeats the first one."""
    if not missing:
        return inputs
    return {name: np.concatenate([array, array[:1].repeat(missing, axis=0)]) for name, array in inputs.items()}


def _padded(arrays: Sequence[Array]) -> Sequence[Array]:
    """Arrays (N, ...) of the same rank with the same sizes, but for the rows."""
    sizes = tuple(max(dims) for dims in zip(*(array.shape[1:] for array in arrays), strict=True))
    if all(array.shape[1:] == sizes for array in arrays):
        return arrays
    if not all(array.size for array in arrays):
        raise invalid("Got empty tensor in batch of non-empty tensors.")
    filled = []
    for array in arrays:
        wide = np.full((len(array), *sizes), array.flat[0], array.dtype)
        wide[tuple(map(slice, array.shape))] = array
        filled.append(wide)
    return filled
