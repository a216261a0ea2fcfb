"""Equal parts of a graph become one: models that stand on the same trunk compute it once.

Two nodes are equal when they do the same to equal inputs. Walking the graph from its inputs, every node is looked up
among those before it; what is found takes its place. Weights are compared by content, so trunks that were copied or
loaded twice meet again, and of trunks that were fine-tuned in part the equal lower layers do.
"""

from collections.abc import Sequence

from aoi_modules.export.graph import GraphDef, NodeDef, digest, in_order, node_of, pruned
from aoi_modules.tf import tf

from tensorflow.python.framework import op_def_registry


def share(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """The same graph with every repeated node once; the nodes named in `outputs` keep their names."""
    first: dict[bytes, str] = {}  # what a node computes: the first node that does
    stands_for: dict[str, str] = {}
    kept = GraphDef(versions=graph.versions, library=graph.library)
    for node in in_order(graph):
        copy = NodeDef()
        copy.CopyFrom(node)
        copy.input[:] = [_redirected(tensor, stands_for) for tensor in node.input]
        if node.name in outputs or _acts(node):
            stands_for[node.name] = node.name
        else:
            stands_for[node.name] = first.setdefault(_meaning(copy), node.name)
        if stands_for[node.name] == node.name:
            kept.node.append(copy)
    return pruned(kept, outputs)


def _redirected(tensor: str, stands_for: dict[str, str]) -> str:
    name = node_of(tensor)
    return tensor.replace(name, stands_for[name], 1)


def _acts(node: NodeDef) -> bool:
    """Whether a node does more than compute: two that draw random numbers, or two inputs, are never one."""
    return node.op == "Placeholder" or bool(op_def_registry.get(node.op).is_stateful)


def _meaning(node: NodeDef) -> bytes:
    """The same for two nodes that compute the same: operation, attributes, inputs."""
    nameless = NodeDef()
    nameless.CopyFrom(node)
    nameless.name = ""
    for note in [key for key in nameless.attr if key.startswith("_")]:  # left by TensorFlow's tools
        del nameless.attr[note]
    if node.op == "Const":  # the same values can be written in several ways
        content = digest(tf.make_ndarray(node.attr["value"].tensor))
        nameless.attr["value"].Clear()
        nameless.attr["value"].s = content.encode()
    meaning: bytes = nameless.SerializeToString(deterministic=True)
    return meaning
