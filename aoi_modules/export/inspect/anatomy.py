"""What a frozen graph is made of: which heads need which part of it, and what each part costs.

Nodes that the same heads need form a block: the trunk is what all need, a head's own layers are what it alone needs.
Before the blocks come the inputs and the sizes that the picture is resized to.
"""

from collections.abc import Sequence

import msgspec

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef, imported, in_order
from aoi_modules.export.inspect.parts import Key, Kind, Parts
from aoi_modules.export.inspect.weights import numbers_and_bytes
from aoi_modules.export.inspect.work import CONVOLUTIONS, MULTIPLYING, SILENT, multiply_adds
from aoi_modules.tf import tf


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
        parts = Parts(nodes, heads)
        works = {node.name: multiply_adds(node, held) for node in nodes if node.op in MULTIPLYING}
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


def _block(parts: Parts, key: Key, held: tf.Graph, works: dict[str, int | None]) -> Block:
    members = parts.members(key)
    needed = set[str]().union(*(parts.needed_by[node.name] for node in members))
    heads = tuple(head for head in parts.heads if head in needed)
    constants = [numbers_and_bytes(node) for node in members]
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


def _input_name(key: Key, held: tf.Graph) -> str:
    kind, (node,) = key
    if kind == "input":
        return node
    shape = held.get_tensor_by_name(f"{node}:0").shape
    sides = "?" if shape.rank is None else " x ".join("?" if side is None else str(side) for side in shape[1:])
    return f"resize {sides}"


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
