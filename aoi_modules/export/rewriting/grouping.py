"""Grouped convolutions as every TensorFlow runs them: depthwise ones by their own operation, others beside their bias.

TensorFlow's optimizer fuses a convolution with the bias or batch norm behind it when a graph is loaded. Its own kernel
for the fused operation knows no groups, so the first request fails. Only oneDNN's kernel knows them, and TensorFlow
takes that one by itself on processors with AVX-512 VNNI or better alone. And its own kernel for a depthwise
convolution is many times as fast as the one for groups of one channel.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from aoi_modules.export.graph import GraphDef, NodeDef, channels_last, constant, imported, node_of, tensor_of
from aoi_modules.tf import tf

_NORMS = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
_FLOAT = tf.float32.as_datatype_enum


def ungroup(graph: GraphDef) -> GraphDef:
    """The same function without a grouped convolution that TensorFlow would fuse; all nodes keep their names."""
    grouped = _grouped(graph)
    if not grouped:
        return graph
    uses = Counter(node_of(tensor) for node in graph.node for tensor in node.input)
    fusible = {name for name in grouped if uses[name] == 1}
    # A convolution along one axis squeezes the other before its bias.
    fusible |= {node.name for node in graph.node if node.op == "Squeeze" and node.input[0] in fusible}
    apart = GraphDef(versions=graph.versions, library=graph.library)
    for node in graph.node:
        if node.name in grouped:
            apart.node.extend(_depthwise(node, grouped[node.name]))
        elif node.op == "BiasAdd" and node.input[0] in fusible:
            apart.node.append(_node(node.name, "AddV2", *node.input))
        elif node.op in _NORMS and node.input[0] in fusible and not node.attr["is_training"].b:
            apart.node.extend(_norm(node))
        else:
            apart.node.append(node)
    return apart


def _grouped(graph: GraphDef) -> dict[str, tuple[int, ...]]:
    """Convolutions whose filters take fewer channels than the picture has, each with rows, columns, channels, outputs.

    The channels are those of the picture.
    """
    convolutions = [node for node in graph.node if node.op == "Conv2D" and channels_last(node)]
    held = imported(graph) if convolutions else tf.Graph()
    found: dict[str, tuple[int, ...]] = {}
    for node in convolutions:
        picture, filters = (held.get_tensor_by_name(tensor_of(name)).shape for name in node.input[:2])
        if node.attr["T"].type != _FLOAT or not filters.is_fully_defined() or not picture.rank or picture[3] is None:
            continue
        rows, columns, depth, outputs = filters
        if depth != picture[3]:
            found[node.name] = (rows, columns, picture[3], outputs) if depth == 1 else ()
    return found


def _depthwise(node: NodeDef, sizes: tuple[int, ...]) -> Iterator[NodeDef]:
    """The convolution by the operation for groups of one channel, which knows one stride; or as it is."""
    strides = node.attr["strides"].list.i
    plain = all(step == 1 for step in node.attr["dilations"].list.i) and node.attr["padding"].s != b"EXPLICIT"
    if not sizes or not plain or strides[1] != strides[2]:
        yield node
        return
    rows, columns, channels, outputs = sizes
    shape = constant(f"{node.name}/each/shape", np.array([rows, columns, channels, outputs // channels], np.int32))
    filters = _node(f"{node.name}/each", "Reshape", node.input[1], shape.name)
    filters.attr["Tshape"].type = tf.int32.as_datatype_enum
    each = _node(node.name, "DepthwiseConv2dNative", node.input[0], filters.name)
    for name in ("strides", "padding", "data_format", "dilations"):
        if name in node.attr:
            each.attr[name].CopyFrom(node.attr[name])
    yield from (shape, filters, each)


def _norm(node: NodeDef) -> Iterator[NodeDef]:
    """A batch norm with fixed statistics as sums and products."""
    picture, gamma, beta, mean, variance = node.input
    own = f"{node.name}/apart"
    yield constant(f"{own}/epsilon", np.array(node.attr["epsilon"].f, np.float32))
    yield _node(f"{own}/variance", "AddV2", variance, f"{own}/epsilon")
    yield _node(f"{own}/rsqrt", "Rsqrt", f"{own}/variance")
    yield _node(f"{own}/scale", "Mul", f"{own}/rsqrt", gamma)
    yield _node(f"{own}/shift", "Mul", mean, f"{own}/scale")
    yield _node(f"{own}/offset", "Sub", beta, f"{own}/shift")
    yield _node(f"{own}/scaled", "Mul", picture, f"{own}/scale")
    yield _node(node.name, "AddV2", f"{own}/scaled", f"{own}/offset")


def _node(name: str, op: str, *inputs: str) -> NodeDef:
    node = NodeDef(name=name, op=op, input=inputs)
    node.attr["T"].type = _FLOAT
    return node
