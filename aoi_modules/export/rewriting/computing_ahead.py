"""Parts of a graph that depend on constants alone, computed once: such as what a batch norm multiplies with.

TensorFlow's optimizer does it too. But in the same step it moves products into convolutions, and for chains of them a
check in it fails and ends the whole process (seen with TensorFlow 2.21). So no product by a constant may be left after
a convolution when it runs: first this, then `folding`, then TensorFlow.
"""

from collections.abc import Sequence

from aoi_modules.export.graph import GraphDef, NodeDef, constant, imported, in_order, node_of, pruned, without_optimizer
from aoi_modules.tf import tf

from tensorflow.python.framework import op_def_registry

_LARGEST = 64_000_000
"""Bytes that a result may have; a larger one is better made at run time than kept in the file."""
_NO_CONSTANTS = (tf.variant.as_datatype_enum, tf.resource.as_datatype_enum)
"""Types of results that a file cannot hold: the lists of tensors in which loops collect their steps are variants."""


def compute_ahead(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """The same graph with a constant for each result that needs no input; the nodes named in `outputs` stay."""
    known = {node.name for node in graph.node if node.op == "Const"}
    for node in in_order(graph):
        if node.input and _computes(node) and all(node_of(tensor) in known for tensor in node.input):
            known.add(node.name)
    needed = _needed(graph, known, outputs)
    if not needed:
        return graph
    held = imported(graph)
    with tf.compat.v1.Session(graph=held, config=without_optimizer()) as session:
        values = session.run({name: held.get_tensor_by_name(f"{name}:0") for name in needed})
    result = GraphDef(versions=graph.versions, library=graph.library)
    for node in graph.node:
        if node.name in values and values[node.name].nbytes <= _LARGEST:
            result.node.append(constant(node.name, values[node.name]))
        else:
            result.node.append(node)
    return pruned(result, outputs)


def _needed(graph: GraphDef, known: set[str], outputs: Sequence[str]) -> list[str]:
    """Results that something else takes: the last of each chain of constants. A result with several outputs stays."""
    taken = {
        tensor for node in graph.node if node.name not in known for tensor in node.input if node_of(tensor) in known
    }
    several = {node_of(tensor) for tensor in taken if ":" in tensor or tensor.startswith("^")}
    plain = {node.name: node for node in graph.node if node.name in known and node.op not in ("Const", "Identity")}
    return sorted(name for name in plain if name in taken and name not in several and name not in outputs)


def _computes(node: NodeDef) -> bool:
    """Whether a node gives one tensor, the same whenever it runs, and holds no function to be looked into."""
    operation = op_def_registry.get(node.op)
    functions = any(attribute.type in ("func", "list(func)") for attribute in operation.attr)
    if operation.is_stateful or functions or len(operation.output_arg) != 1:
        return False
    (result,) = operation.output_arg
    return (node.attr[result.type_attr].type if result.type_attr else result.type) not in _NO_CONSTANTS
