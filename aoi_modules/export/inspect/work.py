"""What the operations of a graph cost: multiply-adds for one picture."""

from math import prod

from aoi_modules.export.graph import NodeDef
from aoi_modules.tf import tf

SILENT = frozenset({"Const", "Identity", "IdentityN", "NoOp", "Placeholder", "PlaceholderWithDefault", "StopGradient"})
"""What holds or passes on a value; not counted as an operation."""
CONVOLUTIONS = frozenset({"Conv2D", "DepthwiseConv2dNative"})
COUNTED = CONVOLUTIONS | {"MatMul"}
UNCOUNTED = frozenset(
    {"BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2DBackpropInput", "Conv3D", "Einsum"}
    | {"PartitionedCall", "StatefulPartitionedCall", "While", "StatelessWhile", "If", "StatelessIf"}
)
"""Operations that multiply too, or hold other operations; their work is not counted, and that is said."""
MULTIPLYING = COUNTED | UNCOUNTED


def multiply_adds(node: NodeDef, held: tf.Graph) -> int | None:
    """The multiply-adds of an operation for one picture; None if they are unknown.

    Args:
        node: one of the operations in `MULTIPLYING`.
        held: the graph as TensorFlow holds it, which knows the shapes.
    """
    if node.op in UNCOUNTED:
        return None
    operation = held.get_operation_by_name(node.name)
    weights, output = operation.inputs[1].shape, operation.outputs[0].shape
    if weights.rank is None or output.rank is None or None in [*weights, *output[1:]]:
        return None
    if node.op == "MatMul":
        inner = weights[1] if node.attr["transpose_b"].b else weights[0]
        return int(inner * prod(side or 1 for side in output))  # rows that are not known are pictures
    window = prod(weights[:2] if node.op == "DepthwiseConv2dNative" else weights[:3])
    return int(window * prod(output[1:]))
