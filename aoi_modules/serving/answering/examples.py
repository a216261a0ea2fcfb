"""The tf.Examples of a Classify, Regress or MultiInference request, as its model reads them."""

import numpy as np

from aoi_modules.wire.messages import Input
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array


def batch(examples: Input) -> Array:
    """Serializes the examples: an object array of bytes, (N,).

    A context, if there is one, stands before each of them: the bytes of two protobuf messages one after the other are
    their merge.

    Raises:
        RpcError: INVALID_ARGUMENT, there is no example.
    """
    context = b""
    items = examples.example_list.examples
    if examples.HasField("example_list_with_context"):
        context = examples.example_list_with_context.context.SerializeToString()
        items = examples.example_list_with_context.examples
    if not items:
        raise invalid("Input is empty.")
    return np.array([*(context + example.SerializeToString() for example in items), None], dtype=object)[:-1]


def count(examples: Input) -> int:
    """Counts the examples of a request, with a context or without one."""
    if examples.HasField("example_list_with_context"):
        return len(examples.example_list_with_context.examples)
    return len(examples.example_list.examples)
