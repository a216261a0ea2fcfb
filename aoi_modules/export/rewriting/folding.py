"""Arithmetic that can be done once, offline: what follows a convolution by constants goes into its weights.

TensorFlow's own optimizer does it for plain convolutions only. It leaves three things. Depthwise convolutions, half of
those in a MobileNet, keep a multiplication and an addition each. Sums of a constant are not seen as biases, which an
engine would fuse. And a padding that a convolution could do itself stays an operation of its own. All nodes written
here are TensorFlow's stock operations.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.export.graph import (
    GraphDef,
    NodeDef,
    channels_last,
    constant,
    constants,
    imported,
    node_of,
    pruned,
    tensor_of,
)
from aoi_modules.tf import tf
from aoi_modules.wire.tensors import Array

_LINEAR = ("Conv2D", "DepthwiseConv2dNative", "MatMul")
_NORMS = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
Vector = NDArray[np.float64]


@dataclass
class _Affine:
    """What follows a linear operation by constants, y * scale + offset for each channel, and where it ends."""

    last: str
    scale: Vector
    offset: Vector
    length: int = 0


class _Graph:
    """A graph by the names of its nodes, with who takes from whom."""

    def __init__(self, graph: GraphDef) -> None:
        self.nodes = {node.name: node for node in graph.node}
        self.constants = constants(graph)
        self.takers: dict[str, list[NodeDef]] = {name: [] for name in self.nodes}
        self.uses: Counter[str] = Counter()
        for node in graph.node:
            for name in map(node_of, node.input):
                self.takers[name].append(node)
                self.uses[name] += 1

    def only_taker(self, name: str) -> NodeDef | None:
        """The one node that takes this one's first output and nothing else of it; None if there are others."""
        takers = self.takers[name]
        if len(takers) != 1 or self.uses[name] != 1 or not any(tensor == name for tensor in takers[0].input):
            return None
        return takers[0]

    def other(self, node: NodeDef, name: str) -> Array | None:
        """The constant that a node of two inputs combines with `name`."""
        others = [tensor for tensor in node.input if tensor != name]
        return self.constants.get(node_of(others[0])) if len(node.input) == 2 and len(others) == 1 else None


def fold(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """The same function with fewer operations; the nodes named in `outputs` keep their names."""
    return pruned(_fold_affine(_fold_padding(graph), outputs), outputs)


def _fold_affine(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """Multiplications, sums and batch norms after a convolution become its filter and one bias."""
    view = _Graph(graph)
    replaced: dict[str, list[NodeDef]] = {}
    for node in graph.node:
        weights = view.constants.get(node_of(node.input[1])) if node.op in _LINEAR else None
        if weights is None or weights.dtype != np.float32 or not channels_last(node):
            continue
        channels = _channels(node, weights)
        affine = _affine_after(view, node, channels, outputs)
        if affine.length:
            replaced[node.name] = []
            replaced[affine.last] = list(_folded(node, weights, affine))
    result = GraphDef(versions=graph.versions, library=graph.library)
    for node in graph.node:
        result.node.extend(replaced.get(node.name, [node]))
    return result


def _affine_after(view: _Graph, linear: NodeDef, channels: int, outputs: Sequence[str]) -> _Affine:
    """Follows a linear operation as long as one node alone takes it, and only scales or shifts its channels."""
    affine = _Affine(linear.name, np.ones(channels), np.zeros(channels))
    while affine.last not in outputs and (taker := view.only_taker(affine.last)) is not None:
        step = _step(view, taker, affine.last, channels)
        if step is None:
            break
        scale, offset = step
        affine = _Affine(taker.name, affine.scale * scale, affine.offset * scale + offset, affine.length + 1)
    return affine


def _step(view: _Graph, node: NodeDef, name: str, channels: int) -> tuple[Vector, Vector] | None:
    """Scale and offset of a node that takes `name`; None if it does something else."""
    if node.op in _NORMS:
        return _norm(view, node, name)
    other = view.other(node, name)
    if other is None or other.dtype != np.float32 or not _by_channel(other, channels):
        return None
    value = np.broadcast_to(other.astype(np.float64).reshape(-1), (channels,))
    nothing, one = np.zeros(channels), np.ones(channels)
    if node.op in ("AddV2", "Add", "BiasAdd"):
        return one, value
    if node.op == "Sub" and node.input[0] == name:
        return one, -value
    if node.op == "Mul":
        return value, nothing
    return None


def _norm(view: _Graph, node: NodeDef, name: str) -> tuple[Vector, Vector] | None:
    """Scale and offset of a batch norm with fixed statistics."""
    values = [view.constants.get(node_of(tensor)) for tensor in node.input[1:5]]
    if node.attr["is_training"].b or node.input[0] != name or not channels_last(node):
        return None
    if any(value is None for value in values):
        return None
    gamma, beta, mean, variance = (np.asarray(value, np.float64) for value in values)
    scale = gamma / np.sqrt(variance + node.attr["epsilon"].f)
    return scale, beta - mean * scale


def _folded(linear: NodeDef, weights: NDArray[np.float32], affine: _Affine) -> Iterator[NodeDef]:
    """A linear operation with other weights, and its bias under the name that the last node had."""
    scaled = (weights * _per_output(linear, weights, affine.scale)).astype(np.float32)
    filters = constant(f"{affine.last}/folded/weights", scaled)
    bias = constant(f"{affine.last}/folded/bias", affine.offset.astype(np.float32))
    folded = NodeDef()
    folded.CopyFrom(linear)
    folded.name = f"{affine.last}/folded"
    folded.input[1] = filters.name
    add = NodeDef(name=affine.last, op="BiasAdd", input=[folded.name, bias.name])
    add.attr["T"].type = tf.float32.as_datatype_enum
    add.attr["data_format"].s = b"NHWC"
    yield from (filters, bias, folded, add)


def _per_output(linear: NodeDef, weights: NDArray[np.float32], scale: Vector) -> NDArray[np.float64]:
    """The scale of each output channel in the place that it has in the weights."""
    if linear.op == "DepthwiseConv2dNative":  # (h, w, channels, multiplier), outputs in that order
        return scale.reshape(weights.shape[2:])
    if linear.op == "MatMul" and linear.attr["transpose_b"].b:
        return scale[:, np.newaxis]
    return scale


def _channels(linear: NodeDef, weights: NDArray[np.float32]) -> int:
    """Output channels of a linear operation."""
    if linear.op == "DepthwiseConv2dNative":
        return int(weights.shape[2] * weights.shape[3])
    return int(weights.shape[0] if linear.op == "MatMul" and linear.attr["transpose_b"].b else weights.shape[-1])


def _by_channel(value: Array, channels: int) -> bool:
    """Whether a constant holds one number, or one for each channel on the last axis."""
    return value.size == 1 or (value.size == channels and value.shape[-1] == channels)


def _fold_padding(graph: GraphDef) -> GraphDef:
    """A border of zeros before a convolution becomes the convolution's own `SAME`, where that pads the same."""
    shapes = imported(graph)
    values = constants(graph)
    pads = {node.name: node for node in graph.node if node.op == "Pad"}
    result = GraphDef()
    result.CopyFrom(graph)
    for node in result.node:
        if node.op not in ("Conv2D", "DepthwiseConv2dNative") or node_of(node.input[0]) not in pads:
            continue
        pad = pads[node_of(node.input[0])]
        padding, filters = values.get(node_of(pad.input[1])), values.get(node_of(node.input[1]))
        taken = shapes.get_tensor_by_name(tensor_of(pad.input[0])).shape
        if (
            padding is None
            or filters is None
            or node.attr["padding"].s != b"VALID"
            or not taken[1:3].is_fully_defined()
        ):
            continue
        plain = all(step == 1 for step in node.attr["dilations"].list.i) and channels_last(node)
        same = [_same(int(taken[axis]), filters.shape[axis - 1], node.attr["strides"].list.i[axis]) for axis in (1, 2)]
        if plain and padding.tolist() == [[0, 0], *same, [0, 0]]:
            node.input[0] = pad.input[0]
            node.attr["padding"].s = b"SAME"
    return result


def _same(size: int, window: int, stride: int) -> list[int]:
    """What `SAME` pads before and after an axis."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return [total // 2, total - total // 2]
