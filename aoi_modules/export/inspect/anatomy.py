"""What a frozen graph is made of: which heads need which part of it, and what each part costs.

Nodes that the same heads need form a block: the trunk is what all need, a head's own layers are what it alone needs.
Before the blocks come the inputs and the sizes that the picture is resized to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import prod
from typing import Literal

import msgspec

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef, NodeDef, imported, in_order, node_of
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
_RESIZES = ("Resize", "ScaleAndTranslate")
WEIGHT_TYPES = frozenset(
    kind.as_datatype_enum
    for kind in (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.int8, tf.uint8, tf.qint8, tf.quint8)
)
"""Integers of 32 or 64 bits are shapes and axes."""

Kind = Literal["input", "resize", "layers"]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the graph that the same heads need.

    Args:
        name: of an input; `resize 96 x 96 x 3`; `trunk`, what all heads need, or `trunk of` some; the head that alone
            needs it; `constants`, which trunks that are not the same have in common.
        kind: an input with what is done to it as it comes, a resize with the scaling after it, or layers.
        heads: that need it, in the order of the graph's heads.
        operations: without those that only hold or pass on a value.
        convolutions: of them.
        weights: numbers, and `weight_bytes` what they take.
        multiply_adds: for one picture; convolutions, depthwise ones and matrix multiplications.
    """

    name: str
    kind: Kind
    heads: tuple[str, ...]
    operations: int
    convolutions: int
    weights: int
    weight_bytes: int
    multiply_adds: int


class Anatomy(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a frozen graph. Made by `Anatomy.of`.

    Args:
        heads: outputs of the graph.
        blocks: each after those that it takes from.
        edges: (from, to), places in `blocks`; data flows so.
        ends: places of the blocks in which each head ends.
        weights: numbers, and `weight_bytes` what they take.
        multiply_adds: for one picture.
        shared_weights_percent: of the weights, those that two or more heads need.
        shared_work_percent: of the multiply-adds, those that two or more heads need.
        apart: multiply-adds that the heads would take as models of their own, and `times_apart` how many times those
            of the graph that is.
        uncounted: operations whose multiply-adds are unknown, counted as none.
    """

    heads: tuple[str, ...]
    blocks: tuple[Block, ...]
    edges: tuple[tuple[int, int], ...]
    ends: dict[str, tuple[int, ...]]
    weights: int
    weight_bytes: int
    multiply_adds: int
    shared_weights_percent: float
    shared_work_percent: float
    apart: int
    times_apart: float
    uncounted: tuple[str, ...] = ()

    @classmethod
    def of(cls, graph: GraphDef, heads: Sequence[str]) -> "Anatomy":
        """Takes a frozen graph apart.

        Args:
            graph: with constants for weights.
            heads: names of its output nodes.

        Raises:
            ModelError: the graph has no such output.
        """
        _check_heads(graph, heads)
        nodes = in_order(graph, heads)
        held = imported(graph)
        parts = _Parts(nodes, heads)
        works = {node.name: _work(node, held) for node in nodes if node.op in COUNTED | UNCOUNTED}
        blocks = tuple(_block(parts, key, held, works) for key in parts.keys)
        weights, work = sum(block.weights for block in blocks), sum(block.multiply_adds for block in blocks)
        apart = sum(block.multiply_adds * len(block.heads) for block in blocks)
        return cls(
            heads=tuple(heads),
            blocks=blocks,
            edges=tuple(sorted(parts.edges)),
            ends={head: tuple(sorted(parts.origins[head])) for head in heads},
            weights=weights,
            weight_bytes=sum(block.weight_bytes for block in blocks),
            multiply_adds=work,
            shared_weights_percent=_percent(sum(b.weights for b in blocks if len(b.heads) > 1), weights),
            shared_work_percent=_percent(sum(b.multiply_adds for b in blocks if len(b.heads) > 1), work),
            apart=apart,
            times_apart=apart / work if work else 1.0,
            uncounted=tuple(name for name, count in works.items() if count is None),
        )


_Key = tuple[Kind, tuple[str, ...]]


class _Parts:
    """Nodes in groups: of what kind each is, and which heads need it."""

    def __init__(self, nodes: Sequence[NodeDef], heads: Sequence[str]) -> None:
        self.nodes = {node.name: node for node in nodes}  # each after those that it takes from
        self.heads = heads
        self.needed_by = _needed_by(nodes, heads)
        self.key: dict[str, _Key] = {}
        self._place_data()
        self._place_constants()
        self.keys: list[_Key] = sorted({self.key[node.name] for node in nodes if _counts(node)}, key=self._order)
        self.number = {key: number for number, key in enumerate(self.keys)}
        self.origins: dict[str, frozenset[int]] = {}
        self.edges: set[tuple[int, int]] = set()
        self._join()

    def members(self, key: _Key) -> list[NodeDef]:
        return [node for name, node in self.nodes.items() if self.key[name] == key]

    def _place_data(self) -> None:
        """What comes before the first weights belongs to an input or a resize, all else to the heads that need it."""
        prepared: dict[str, _Key] = {}
        root: dict[str, str] = {}  # of what is prepared: the input that it comes from
        for name, node in self.nodes.items():
            # What no input reaches is constant.
            data = [taken for taken in map(node_of, node.input) if taken in self.key]
            before = {prepared[taken] for taken in data if taken in prepared}
            resizes = {key for key in before if key[0] == "resize"} or before
            one = all(taken in root for taken in data) and len(resizes) == len({root[taken] for taken in data}) == 1
            if node.op.startswith("Placeholder"):
                self.key[name] = prepared[name] = ("input", (name,))
                root[name] = name
            elif one and node.op not in COUNTED | UNCOUNTED:
                resized: set[_Key] = {("resize", (name,))} if node.op.startswith(_RESIZES) else resizes
                (self.key[name],) = (prepared[name],) = resized
                root[name] = root[data[0]]
            elif data:
                self.key[name] = self._layers(name)

    def _place_constants(self) -> None:
        """A constant belongs where it is taken; one that several parts take belongs to the heads that need it."""
        takers: dict[str, set[_Key]] = defaultdict(set)
        for name, node in reversed(self.nodes.items()):
            if name not in self.key:
                self.key[name] = takers[name].pop() if len(takers[name]) == 1 else self._layers(name)
            for tensor in node.input:
                takers[node_of(tensor)].add(self.key[name])

    def _layers(self, name: str) -> _Key:
        return "layers", tuple(head for head in self.heads if head in self.needed_by[name])

    def _order(self, key: _Key) -> tuple[int, int, list[int]]:
        """Inputs first, then resizes, then what most heads need; so each comes after those that it takes from."""
        kind, names = key
        if kind == "layers":
            return 2, -len(names), [self.heads.index(name) for name in names]
        return ("input", "resize").index(kind), -len(self.needed_by[names[0]]), [list(self.nodes).index(names[0])]

    def _join(self) -> None:
        """Edges between parts; what only passes on a value is looked through."""
        for name, node in self.nodes.items():
            sources = frozenset[int]().union(*(self.origins[node_of(tensor)] for tensor in node.input))
            if node.op in SILENT and not node.op.startswith("Placeholder"):
                self.origins[name] = sources
                continue
            number = self.number[self.key[name]]
            self.origins[name] = frozenset({number})
            self.edges.update((source, number) for source in sources if source != number)


def _counts(node: NodeDef) -> bool:
    """Whether a node makes a part of what is held; axes and what passes on values do not."""
    return node.op not in SILENT or node.op.startswith("Placeholder") or _size(node) > (0, 0)


def _needed_by(nodes: Sequence[NodeDef], heads: Iterable[str]) -> dict[str, set[str]]:
    """Of each node the heads that need it."""
    needed: dict[str, set[str]] = defaultdict(set)
    for head in heads:
        needed[head].add(head)
    for node in reversed(nodes):
        for tensor in node.input:
            needed[node_of(tensor)] |= needed[node.name]
    return needed


def _block(parts: _Parts, key: _Key, held: tf.Graph, works: dict[str, int | None]) -> Block:
    members = parts.members(key)
    needed = set[str]().union(*(parts.needed_by[node.name] for node in members))
    heads = tuple(head for head in parts.heads if head in needed)
    constants = [_size(node) for node in members]
    operations = sum(node.op not in SILENT for node in members)
    return Block(
        name=_layers_name(heads, parts.heads, operations) if key[0] == "layers" else _input_name(key, held),
        kind=key[0],
        heads=heads,
        operations=operations,
        convolutions=sum(node.op in CONVOLUTIONS for node in members),
        weights=sum(count for count, _ in constants),
        weight_bytes=sum(size for _, size in constants),
        multiply_adds=sum(works.get(node.name) or 0 for node in members),
    )


def _layers_name(heads: Sequence[str], every: Sequence[str], operations: int) -> str:
    if len(heads) == 1:
        return heads[0]
    kind = "trunk" if operations else "constants"
    return kind if len(heads) == len(every) else f"{kind} of {', '.join(heads)}"


def _input_name(key: _Key, held: tf.Graph) -> str:
    kind, (node,) = key
    if kind == "input":
        return node
    shape = held.get_tensor_by_name(f"{node}:0").shape
    sides = "?" if shape.rank is None else " x ".join("?" if side is None else str(side) for side in shape[1:])
    return f"resize {sides}"


def _size(node: NodeDef) -> tuple[int, int]:
    """Numbers and bytes of a weight; none of anything else."""
    if node.op != "Const" or node.attr["dtype"].type not in WEIGHT_TYPES:
        return 0, 0
    count = prod(dim.size for dim in node.attr["value"].tensor.tensor_shape.dim)
    return count, count * tf.as_dtype(node.attr["dtype"].type).size


def _work(node: NodeDef, held: tf.Graph) -> int | None:
    """Multiply-adds for one picture; None if they are unknown."""
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


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _check_heads(graph: GraphDef, heads: Sequence[str]) -> None:
    known = {node.name for node in graph.node}
    unknown = [head for head in heads if head not in known]
    if unknown or not heads:
        raise ModelError(
            f"heads: expected outputs of the graph. Received: {', '.join(unknown) or 'none'}",
            hint="the graph and its manifest are not of the same export; export the model again",
        )
