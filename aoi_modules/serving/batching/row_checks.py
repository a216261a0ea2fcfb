"""The rows of inputs and outputs, and what TensorFlow Serving refuses to merge because of them."""

from aoi_modules.errors import RpcError
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.status import invalid


def row_counts(inputs: Arrays) -> set[int]:
    """Counts the rows of each input; a single number means that all of them have as many.

    Args:
        inputs: by name, of any dtype; the rows are the first dimension, and -1 stands for an input that has none.
    """
    return {len(array) if array.ndim else -1 for array in inputs.values()}


def check_inputs(inputs: Arrays, max_rows: int) -> None:
    """Refuses inputs that cannot be merged with others, in TensorFlow Serving's words.

    Args:
        inputs: by name, of any dtype; (N, ...) with one N for all is right.
        max_rows: the greatest N that is right.

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
    """Refuses outputs that cannot be shared out among the requests, in TensorFlow Serving's words.

    Args:
        outputs: by name, of any dtype; (rows, ...) is right.
        rows: of the inputs.

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
