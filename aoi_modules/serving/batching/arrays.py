"""The inputs of several requests as those of one, and what of theirs has to fit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.status import invalid


def merged(requests: Sequence[Arrays]) -> Arrays:
    """The inputs of several requests, one behind the other; smaller ones are filled up with their first value."""
    if len(requests) == 1:
        return requests[0]
    return {name: np.concatenate(_padded([inputs[name] for inputs in requests])) for name in requests[0]}


def filled_up(inputs: Arrays, missing: int) -> Arrays:
    """The inputs with so many rows more, which repeat the first one."""
    if not missing:
        return inputs
    return {name: np.concatenate([array, array[:1].repeat(missing, axis=0)]) for name, array in inputs.items()}


def row_counts(inputs: Arrays) -> set[int]:
    """The rows of each input, -1 of one that has none: a single number when they have them in common."""
    return {len(array) if array.ndim else -1 for array in inputs.values()}


def check_inputs(inputs: Arrays, max_rows: int) -> None:
    """Refuses what cannot be merged, in TensorFlow Serving's words.

    Raises:
        RpcError: INVALID_ARGUMENT no rows, not as many in every input, or too many.
    """
    counts = row_counts(inputs)
    if -1 in counts:
        raise invalid("Batching session Run() input tensors must have at least one dimension")
    if len(counts) > 1:
        raise invalid("Batching session Run() input tensors must have equal 0th-dimension size")
    if max(counts) > max_rows:
        raise invalid(f"Task size {max(counts)} is larger than maximum input batch size {max_rows}")


def check_outputs(outputs: Outputs, rows: int) -> None:
    """Refuses outputs that cannot be shared out among the requests.

    Raises:
        RpcError: FAILED_PRECONDITION an output without a row for each row of the inputs.
    """
    for array in outputs.values():
        if not array.ndim:
            raise RpcError("FAILED_PRECONDITION", "Batched output tensor has 0 dimensions")
        if len(array) != rows:
            raise RpcError(
                "FAILED_PRECONDITION",
                "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input "
                "tensors",
            )


def _padded(arrays: Sequence[NDArray[Any]]) -> Sequence[NDArray[Any]]:
    """Arrays of the same rank with the same sizes, but for the rows."""
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
