"""A TensorFlow graph with constants for its weights, as it comes out of a file or of a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef, NodeDef, node_of, tensor_of
from aoi_modules.export.operations import foreign_operations
from aoi_modules.export.readers.inputs import InputTensor
from aoi_modules.first_line import first_line
from aoi_modules.tf import tf

_MANY = 12
"""How many names an error lists."""
_IDLE = ("Placeholder", "Const", "NoOp", "Assert", "VarHandleOp")


@dataclass(frozen=True)
class FrozenGraph:
    """A graph without variables.

    Args:
        definition: its nodes.
        origin: file that it was read from, for messages.
    """

    definition: GraphDef
    origin: str

    @classmethod
    def read(cls, path: Path, origin: str = "") -> "FrozenGraph":
        """Reads the graph in a file; `origin` names what it belongs to, if that is not the file.

        Raises:
            ModelError: it is no graph.
        """
        try:
            return cls(GraphDef.FromString(path.read_bytes()), origin or str(path))
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}") from None
        except (DecodeError, RuntimeError):  # the second of text that is no UTF-8
            raise ModelError(f"{path}: not readable as a TensorFlow graph", hint="copy or write it again") from None

    @property
    def nodes(self) -> dict[str, NodeDef]:
        """The nodes by name."""
        return {node.name: node for node in self.definition.node}

    @property
    def placeholders(self) -> list[str]:
        """Names of the nodes that must be fed."""
        return [node.name for node in self.definition.node if node.op == "Placeholder"]

    @property
    def loose_ends(self) -> list[str]:
        """Names of the nodes whose result nobody takes: most likely the outputs."""
        taken = {node_of(source) for node in self.definition.node for source in node.input}
        return [node.name for node in self.definition.node if node.name not in taken and node.op not in _IDLE]

    def needed_by(self, tensors: Sequence[str], given: Sequence[str]) -> dict[str, NodeDef]:
        """The nodes that must run for some tensors when others are given."""
        nodes, ends = self.nodes, {node_of(name) for name in given}
        waiting, found = [node_of(name) for name in tensors], dict[str, NodeDef]()
        while waiting:
            name = waiting.pop()
            if name not in found and name not in ends and name in nodes:
                found[name] = nodes[name]
                waiting += [node_of(source) for source in nodes[name].input]
        return found

    def cut(self, tensors: Sequence[str], given: Sequence[str]) -> "FrozenGraph":
        """Only what must run for some tensors when others are given; what computed the given ones is gone."""
        needed = self.needed_by(tensors, given)
        kept = GraphDef(versions=self.definition.versions, library=self.definition.library)
        kept.node.extend(node for node in self.definition.node if node.name in needed)
        gone = {f"^{node_of(name)}" for name in given}
        for node in kept.node:  # nothing has to wait for what is given, or to be on the device of what is gone
            node.input[:] = [tensor for tensor in node.input if tensor not in gone]
            node.attr.pop("_class", None)
        return FrozenGraph(kept, self.origin)

    def check_operations(self) -> None:
        """Refuses a graph that TensorFlow alone cannot run.

        Raises:
            ModelError: names operations of added libraries, or those that need Python.
        """
        if foreign := foreign_operations(self.definition):
            raise ModelError(
                f"{self.origin}: needs operations that TensorFlow itself does not have: {listed(foreign)}",
                hint="write it without tf.py_function and without operations of added libraries; what only prepares "
                "pictures can be cut off, by naming the inputs behind it",
            )

    def check_names(self, names: Sequence[str]) -> None:
        """Refuses names of tensors whose nodes are not there.

        Raises:
            ModelError: names the first of them.
        """
        nodes = self.nodes
        for name in names:
            if node_of(name) not in nodes:
                raise ModelError(
                    f"{self.origin}: has no node {node_of(name)!r}",
                    hint=f"placeholders: {listed(self.placeholders)}; ends: {listed(self.loose_ends)}",
                )

    def tensors(self, names: Sequence[str]) -> dict[str, InputTensor]:
        """Shapes and types of tensors, as TensorFlow infers them.

        Raises:
            ModelError: it has no such tensor, or TensorFlow does not know an operation in it.
        """
        self.check_names(names)
        needed = self.cut(names, ())
        with tf.Graph().as_default():
            try:
                tensors = tf.graph_util.import_graph_def(
                    needed.definition, return_elements=[tensor_of(name) for name in names], name=""
                )
            except Exception as error:  # whatever the importer meets in a graph that somebody else wrote
                raise ModelError(f"{self.origin}: not usable as a TensorFlow graph: {first_line(error)}") from None
        return {
            name: InputTensor(name, None if tensor.shape.rank is None else tuple(tensor.shape), tensor.dtype)
            for name, tensor in zip(names, tensors, strict=True)
        }


def listed(names: Sequence[str]) -> str:
    """Names for a message, not more than people read."""
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return (", ".join(names[:_MANY]) or "none") + more
