"""Which numbers of a graph are weights, and where a SavedModel keeps them."""

from collections.abc import Iterator
from math import prod
from typing import Any, Literal

import msgspec

from aoi_modules.export.graph import NodeDef
from aoi_modules.tf import tf

WEIGHT_TYPES = frozenset(
    kind.as_datatype_enum
    for kind in (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.int8, tf.uint8, tf.qint8, tf.quint8)
)
"""TensorFlow's numbers of the types that weights have; integers of 32 or 64 bits are shapes and axes."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How many numbers a SavedModel keeps as constants of its graph, and how many as variables beside it.

    Constants of one number are no weights. A constant that several functions of a graph hold counts for each.

    Args:
        stored: where most of them are.
        constants: of the graph, and `constant_numbers` what they hold together.
        variables: beside the graph, and `variable_numbers` what they hold together.
    """

    stored: Literal["constants", "variables", "none"]
    constants: int
    constant_numbers: int
    variables: int
    variable_numbers: int

    @classmethod
    def of(cls, model: Any) -> "Weights":
        """Counts the weights of a `MetaGraphDef`."""
        constants = [count for count, _ in map(numbers_and_bytes, nodes(model)) if count > 1]
        variables = _variables(model)
        held, beside = sum(constants), sum(variables)
        return cls(
            stored="none" if not held + beside else "constants" if held > beside else "variables",
            constants=len(constants),
            constant_numbers=held,
            variables=len(variables),
            variable_numbers=beside,
        )


def numbers_and_bytes(node: NodeDef) -> tuple[int, int]:
    """Numbers and bytes of a weight; none of anything else."""
    if node.op != "Const" or node.attr["dtype"].type not in WEIGHT_TYPES:
        return 0, 0
    count = prod(dim.size for dim in node.attr["value"].tensor.tensor_shape.dim)
    return count, count * tf.as_dtype(node.attr["dtype"].type).size


def nodes(model: Any) -> Iterator[NodeDef]:
    """All nodes of a `MetaGraphDef`, also of its functions."""
    yield from model.graph_def.node
    for function in model.graph_def.library.function:
        yield from function.node_def


def _variables(model: Any) -> list[int]:
    """The numbers of each variable: TensorFlow 2 lists them as objects, TensorFlow 1 has them in its graph."""
    found = [node.variable for node in model.object_graph_def.nodes if node.WhichOneof("kind") == "variable"]
    held = [(variable.dtype, variable.shape) for variable in found] or [
        (node.attr["dtype"].type, node.attr["shape"].shape)
        for node in model.graph_def.node
        if node.op in ("VarHandleOp", "VariableV2", "Variable")
    ]
    return [prod(max(dim.size, 0) for dim in shape.dim) for kind, shape in held if kind in WEIGHT_TYPES]
