"""The nodes of a frozen graph in groups: inputs, resizes, and layers that the same heads need."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from aoi_modules.export.graph import NodeDef, node_of
from aoi_modules.export.inspect.weights import numbers_and_bytes
from aoi_modules.export.inspect.work import MULTIPLYING, SILENT

Kind = Literal["input", "resize", "layers"]
Key = tuple[Kind, tuple[str, ...]]
"""What a group is: an input or a resize by the name of its node, or layers by the heads that need them."""
_RESIZES = ("Resize", "ScaleAndTranslate")


class Parts:
    """Nodes in groups: of what kind each is, and which heads need it.

    Args:
        nodes: of a frozen graph, each after those that it takes from.
        heads: its outputs.

    Attributes:
        keys: the groups, each after those that it takes from.
        edges: (from, to), places in `keys`; data flows so.
        origins: of each node the groups that its value comes from.
        needed_by: of each node the heads that need it.
    """

    def __init__(self, nodes: Sequence[NodeDef], heads: Sequence[str]) -> None:
        self.nodes = {node.name: node for node in nodes}  # each after those that it takes from
        self.heads = heads
        self.needed_by = _needed_by(nodes, heads)
        self.key: dict[str, Key] = {}
        self._place_data()
        self._place_constants()
        self.keys: list[Key] = sorted({self.key[node.name] for node in nodes if _counts(node)}, key=self._order)
        self.number = {key: number for number, key in enumerate(self.keys)}
        self.origins: dict[str, frozenset[int]] = {}
        self.edges: set[tuple[int, int]] = set()
        self._join()

    def members(self, key: Key) -> list[NodeDef]:
        """The nodes of a group."""
        return [node for name, node in self.nodes.items() if self.key[name] == key]

    def _place_data(self) -> None:
        """What comes before the first weights belongs to an input or a resize, all else to the heads that need it."""
        prepared: dict[str, Key] = {}
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
            elif one and node.op not in MULTIPLYING:
                resized: set[Key] = {("resize", (name,))} if node.op.startswith(_RESIZES) else resizes
                (self.key[name],) = (prepared[name],) = resized
                root[name] = root[data[0]]
            elif data:
                self.key[name] = self._layers(name)

    def _place_constants(self) -> None:
        """A constant belongs where it is taken; one that several parts take belongs to the heads that need it."""
        takers: dict[str, set[Key]] = defaultdict(set)
        for name, node in reversed(self.nodes.items()):
            if name not in self.key:
                self.key[name] = takers[name].pop() if len(takers[name]) == 1 else self._layers(name)
            for tensor in node.input:
                takers[node_of(tensor)].add(self.key[name])

    def _layers(self, name: str) -> Key:
        return "layers", tuple(head for head in self.heads if head in self.needed_by[name])

    def _order(self, key: Key) -> tuple[int, int, list[int]]:
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
    return node.op not in SILENT or node.op.startswith("Placeholder") or numbers_and_bytes(node) > (0, 0)


def _needed_by(nodes: Sequence[NodeDef], heads: Iterable[str]) -> dict[str, set[str]]:
    """Of each node the heads that need it."""
    needed: dict[str, set[str]] = defaultdict(set)
    for head in heads:
        needed[head].add(head)
    for node in reversed(nodes):
        for tensor in node.input:
            needed[node_of(tensor)] |= needed[node.name]
    return needed
