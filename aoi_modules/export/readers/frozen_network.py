"""Frozen TensorFlow graphs (`.pb`, one GraphDef with its weights as constants) -> networks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from aoi_modules.errors import ModelError, first_line
from aoi_modules.export.network import Network, Run
from aoi_modules.export.readers.interface import (
    Inputs,
    InputTensor,
    Shape,
    build_network,
    find_inputs,
    safe_names,
)
from aoi_modules.tf import tf

_MANY = 12
"""How many names an error lists."""
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp", "ReadVariableOp", "TemporaryVariable")
_TABLES = ("HashTable", "HashTableV2", "MutableHashTableV2", "LookupTableFindV2", "LookupTableFind")


@dataclass(frozen=True)
class FrozenGraph:
    """A graph without variables.

    Args:
        definition: its nodes.
        origin: file that it was read from, for messages.
    """

    definition: tf.compat.v1.GraphDef
    origin: str

    @property
    def nodes(self) -> dict[str, Any]:
        return {node.name: node for node in self.definition.node}

    def needed_by(self, tensors: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
        """The nodes that must run for some tensors when others are given."""
        nodes, ends = self.nodes, {node_name(name) for name in given}
        waiting, found = [node_name(name) for name in tensors], dict[str, Any]()
        while waiting:
            name = waiting.pop()
            if name not in found and name not in ends and name in nodes:
                found[name] = nodes[name]
                waiting += [node_name(source) for source in nodes[name].input]
        return found


def read_frozen_network(
    path: Path, *, inputs: Sequence[str], outputs: Sequence[str], size: tuple[int, int] | None = None
) -> Network:
    """Reads a frozen graph.

    The outputs are called as their nodes, with `_` for what an output of a servable may not be called.

    Args:
        path: the `.pb` file.
        inputs: node (`x`) or tensor (`x:0`) of the pictures, and perhaps that of the features; any tensor may be cut
            off what computes it.
        outputs: nodes or tensors of the scores.
        size: height and width of the pictures, where the graph leaves them open.

    Raises:
        ModelError: it is no such graph, has no such nodes, or does not map pictures to (N, K).
    """
    graph = FrozenGraph(read_graph_def(path), str(path))
    if not inputs or not outputs:
        missing = " and ".join(f"--{what}" for what, names in (("inputs", inputs), ("outputs", outputs)) if not names)
        raise ModelError(
            f"{path}: a frozen graph does not say what goes in and comes out; {missing} must. "
            f"It has the placeholders {_listed(placeholders(graph))} and the ends {_listed(loose_ends(graph))}",
            hint=f"--inputs {(placeholders(graph) or ['NODE'])[0]} --outputs {(loose_ends(graph) or ['NODE'])[-1]}",
        )
    names = safe_names([name.removesuffix(":0") for name in outputs])
    return graph_network(graph, inputs, dict(zip(names, outputs, strict=True)), size)


def graph_network(
    graph: FrozenGraph,
    inputs: Sequence[str],
    outputs: Mapping[str, str],
    size: tuple[int, int] | None,
    *,
    shapes: Mapping[str, Shape] | None = None,
) -> Network:
    """A network out of a frozen graph.

    Args:
        graph: the graph.
        inputs: tensors that take pictures and perhaps features.
        outputs: {name: tensor}.
        size: height and width of the pictures, where the graph leaves them open.
        shapes: of the inputs where another source knows them better than the graph.

    Raises:
        ModelError: it has no such tensors, needs others too, or does not map pictures to (N, K).
    """
    known = tensors_of(graph, [*inputs, *outputs.values()])
    _check_complete(graph, inputs, list(outputs.values()))
    entries = [replace(known[name], shape=(shapes or {}).get(name, known[name].shape)) for name in inputs]
    last: ModelError | None = None
    for guess in _guesses(entries, size):
        found = find_inputs(guess, size, graph.origin)
        try:
            return build_network(_runner(graph, found, outputs), found, graph.origin)
        except ModelError as error:
            last = last or error
    raise last or ModelError(f"{graph.origin}: no input")


def read_graph_def(path: Path) -> tf.compat.v1.GraphDef:
    """The nodes in a file.

    Raises:
        ModelError: it is no graph.
    """
    try:
        return tf.compat.v1.GraphDef.FromString(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    except DecodeError:
        raise ModelError(f"{path}: not readable as a TensorFlow graph") from None


def node_name(tensor: str) -> str:
    """`^a/b` and `a/b:1` -> `a/b`."""
    return tensor.removeprefix("^").partition(":")[0]


def tensor_name(name: str) -> str:
    """`x` -> `x:0`."""
    return name if ":" in name else f"{name}:0"


def placeholders(graph: FrozenGraph) -> list[str]:
    """Names of the nodes that must be fed."""
    return [node.name for node in graph.definition.node if node.op == "Placeholder"]


def loose_ends(graph: FrozenGraph) -> list[str]:
    """Names of the nodes whose result nobody takes: most likely the outputs."""
    taken = {node_name(source) for node in graph.definition.node for source in node.input}
    idle = ("Placeholder", "Const", "NoOp", "Assert", "VarHandleOp")
    return [node.name for node in graph.definition.node if node.name not in taken and node.op not in idle]


def _runner(graph: FrozenGraph, inputs: Inputs, outputs: Mapping[str, str]) -> Run:
    """The graph as a function; its inputs get their shapes from `inputs`, so a declared batch of one opens up."""
    specs = inputs.specs()
    definition = _with_own_functions(graph.definition)

    def imported(*values: tf.Tensor) -> list[tf.Tensor]:
        fed = {tensor_name(name): value for name, value in zip(specs, values, strict=True)}
        results = [tensor_name(name) for name in outputs.values()]
        return tf.graph_util.import_graph_def(definition, input_map=fed, return_elements=results, name="")  # type: ignore[no-any-return]

    # Of the ways to make a function of a graph, only this one brings along the functions that the graph calls.
    try:
        function = tf.compat.v1.wrap_function(imported, list(specs.values()))
    except ValueError as error:  # shapes that do not fit
        raise ModelError(
            f"{graph.origin}: does not take pictures of {inputs.picture.height} x {inputs.picture.width} x "
            f"{inputs.picture.channels} in batches of any size: {first_line(error)}",
            hint="export it for batches of any size (None)",
        ) from error
    for name, tensor in zip(outputs, function.outputs, strict=True):
        # TensorFlow may run such a graph on more pictures all the same; other engines do not.
        if tensor.shape.rank and tensor.shape[0] is not None:
            raise ModelError(
                f"{graph.origin}: is built for batches of {tensor.shape[0]}: output {name} is {tensor.shape}",
                hint="export it for batches of any size (None)",
            )

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        fed = inputs.feed(pictures, features)
        return dict(zip(outputs, function(*(fed[name] for name in specs)), strict=True))

    return run


def _with_own_functions(definition: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
    """The graph with names of its functions (bodies of loops and the like) that no other graph has.

    TensorFlow numbers them anew in each process, so two files have a `while_body_10` each, and one process can hold
    only one.
    """
    if not definition.library.function:
        return definition
    mark = hashlib.sha256(definition.SerializeToString(deterministic=True)).hexdigest()[:12]
    names = {function.signature.name for function in definition.library.function}
    renamed = tf.compat.v1.GraphDef()
    renamed.CopyFrom(definition)
    nodes = list(renamed.node)
    for function in renamed.library.function:
        function.signature.name += f"_{mark}"
        nodes += function.node_def
    for gradient in renamed.library.gradient:
        gradient.function_name += f"_{mark}"
        gradient.gradient_func += f"_{mark}"
    for node in nodes:
        if node.op in names:
            node.op += f"_{mark}"
        for value in node.attr.values():
            for called in (value.func, *value.list.func):
                if called.name in names:
                    called.name += f"_{mark}"
    return renamed


def tensors_of(graph: FrozenGraph, names: Sequence[str]) -> dict[str, InputTensor]:
    """Shapes and types of tensors, as TensorFlow infers them."""
    nodes = graph.nodes
    for name in names:
        if node_name(name) not in nodes:
            raise ModelError(
                f"{graph.origin}: has no node {node_name(name)!r}",
                hint=f"placeholders: {_listed(placeholders(graph))}; ends: {_listed(loose_ends(graph))}",
            )
    with tf.Graph().as_default():
        try:
            tensors = tf.graph_util.import_graph_def(
                graph.definition, return_elements=[tensor_name(name) for name in names], name=""
            )
        except ValueError as error:  # unknown operations, results that a node does not have
            raise ModelError(f"{graph.origin}: not usable as a TensorFlow graph: {first_line(error)}") from None
    return {
        name: InputTensor(name, None if tensor.shape.rank is None else tuple(tensor.shape), tensor.dtype)
        for name, tensor in zip(names, tensors, strict=True)
    }


def _check_complete(graph: FrozenGraph, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """The outputs must follow from the inputs and constants alone."""
    needed = graph.needed_by(outputs, inputs)
    if unfed := [name for name, node in needed.items() if node.op == "Placeholder"]:
        raise ModelError(
            f"{graph.origin}: its outputs need more than {_listed(inputs)}: the placeholders {_listed(unfed)}",
            hint="name them with --inputs if they are pictures or features; switches such as is_training must become "
            "constants when the graph is frozen (tf.compat.v1.placeholder_with_default)",
        )
    if variables := [name for name, node in needed.items() if node.op in _VARIABLES]:
        raise ModelError(
            f"{graph.origin}: is not frozen: it has the variables {_listed(variables)} without their values",
            hint="freeze it with its checkpoint (tf.compat.v1.graph_util.convert_variables_to_constants), "
            "or write a SavedModel",
        )
    if tables := [name for name, node in needed.items() if node.op in _TABLES]:
        raise ModelError(
            f"{graph.origin}: its outputs need lookup tables ({_listed(tables)}), whose contents a graph cannot hold",
            hint="name outputs before the lookup, the scores: --outputs NAME",
        )


def _guesses(entries: list[InputTensor], size: tuple[int, int] | None) -> list[list[InputTensor]]:
    """The inputs; a picture of unknown channels is in colour, and gray if the graph does not take colours."""
    if size is None or sum(_channels_open(entry.shape) for entry in entries) != 1:
        return [entries]
    return [
        [replace(entry, shape=(None, *size, n)) if _channels_open(entry.shape) else entry for entry in entries]
        for n in (3, 1)
    ]


def _channels_open(shape: Shape) -> bool:
    return shape is None or (len(shape) == 4 and shape[3] is None and shape[1] not in (1, 3))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return (", ".join(names[:_MANY]) or "none") + more
