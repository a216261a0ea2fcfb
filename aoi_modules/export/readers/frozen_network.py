"""Frozen TensorFlow graphs (`.pb`, one GraphDef with its weights as constants) -> networks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.graph import tensor_of
from aoi_modules.export.network import Network, Run
from aoi_modules.export.readers.frozen_graph import FrozenGraph, listed
from aoi_modules.export.readers.inputs import Inputs, InputTensor, Shape, find_inputs
from aoi_modules.export.readers.outputs import build_network, safe_names
from aoi_modules.export.reading import Reading
from aoi_modules.export.rewriting.own_functions import with_own_functions
from aoi_modules.first_line import first_line
from aoi_modules.tf import tf

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp", "ReadVariableOp", "TemporaryVariable")
_TABLES = ("HashTable", "HashTableV2", "MutableHashTableV2", "LookupTableFindV2", "LookupTableFind")


def read_frozen_network(path: Path, reading: Reading) -> Network:
    """Reads a frozen graph.

    The outputs are called as their nodes, with `_` for what an output of a servable may not be called.

    Args:
        path: the `.pb` file.
        reading: says the inputs, node (`x`) or tensor (`x:0`) of the pictures and perhaps that of the features, where
            any tensor may be cut off what computes it; the outputs, nodes or tensors of the scores; and the size, where
            the graph leaves it open.

    Raises:
        ModelError: it is no such graph, has no such nodes, or does not map pictures to (N, K).
    """
    graph, inputs, outputs = FrozenGraph.read(path), reading.inputs, reading.outputs
    if not inputs or not outputs:
        missing = [Argument(name) for name, names in (("inputs", inputs), ("outputs", outputs)) if not names]
        likely = (
            Argument("inputs", tuple(graph.placeholders[:1]) or ...),
            Argument("outputs", tuple(graph.loose_ends[-1:]) or ...),
        )
        raise ModelError(
            f"{path}: a frozen graph does not say what goes in and comes out; {' and '.join(map(str, missing))} must. "
            f"It has the placeholders {listed(graph.placeholders)} and the ends {listed(graph.loose_ends)}",
            hint=" ".join(map(str, likely)),
            arguments=(*missing, *likely),
        )
    names = safe_names([name.removesuffix(":0") for name in outputs])
    return graph_network(graph, inputs, dict(zip(names, outputs, strict=True)), reading.size)


def graph_network(
    graph: FrozenGraph,
    inputs: Sequence[str],
    outputs: Mapping[str, str],
    size: tuple[int, int] | None,
    *,
    declared: Mapping[str, InputTensor] | None = None,
) -> Network:
    """A network out of a frozen graph.

    Args:
        graph: the graph; what computes its inputs is not needed.
        inputs: tensors that take pictures and perhaps features.
        outputs: {name: tensor}.
        size: height and width of the pictures, where the graph leaves them open.
        declared: inputs that another source knows better than the graph.

    Raises:
        ModelError: it has no such tensors, needs others too, or does not map pictures to (N, K).
    """
    graph.check_names([*inputs, *outputs.values()])
    _check_complete(graph, inputs, list(outputs.values()))
    behind = graph.cut(list(outputs.values()), inputs)
    behind.check_operations()
    known = graph.tensors([*inputs, *outputs.values()]) | dict(declared or {})
    entries = [replace(known[name], label=known[name].label or name.removesuffix(":0")) for name in inputs]
    last: ModelError | None = None
    for guess in _guesses(entries, size):
        found = find_inputs(guess, size, graph.origin)
        try:
            return build_network(_runner(behind, found, outputs), found, graph.origin)
        except ModelError as error:
            last = last or error
    raise last or ModelError(f"{graph.origin}: no input")


def _runner(graph: FrozenGraph, inputs: Inputs, outputs: Mapping[str, str]) -> Run:
    """The graph as a function; its inputs get their shapes from `inputs`, so a declared batch of one opens up."""
    specs = inputs.specs()
    definition = with_own_functions(graph.definition)
    taken = {tensor_of(tensor) for node in definition.node for tensor in node.input}

    def imported(*values: tf.Tensor) -> list[tf.Tensor]:
        fed = {tensor_of(name): value for name, value in zip(specs, values, strict=True) if tensor_of(name) in taken}
        results = [tensor_of(name) for name in outputs.values()]
        return tf.graph_util.import_graph_def(definition, input_map=fed, return_elements=results, name="")  # type: ignore[no-any-return]

    # Of the ways to make a function of a graph, only this one brings along the functions that the graph calls.
    try:
        function = tf.compat.v1.wrap_function(imported, list(specs.values()))
    except Exception as error:  # whatever the importer raises, most of all of shapes that do not fit
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


def _check_complete(graph: FrozenGraph, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """The outputs must follow from the inputs and constants alone."""
    needed = graph.needed_by(outputs, inputs)
    taken = {tensor_of(tensor) for node in needed.values() for tensor in node.input}
    if idle := [name for name in inputs if tensor_of(name) not in taken]:
        wrong = Argument("inputs")
        raise ModelError(
            f"{graph.origin}: {wrong}: no output needs {listed(idle)}; the outputs are {listed(outputs)}",
            arguments=[wrong],
        )
    if unfed := [name for name, node in needed.items() if node.op == "Placeholder"]:
        named = Argument("inputs")
        raise ModelError(
            f"{graph.origin}: its outputs need more than {listed(inputs)}: the placeholders {listed(unfed)}",
            hint=f"name them with {named} if they are pictures or features; switches such as is_training must become "
            "constants when the graph is frozen (tf.compat.v1.placeholder_with_default)",
            arguments=[named],
        )
    if variables := [name for name, node in needed.items() if node.op in _VARIABLES]:
        raise ModelError(
            f"{graph.origin}: is not frozen: it has the variables {listed(variables)} without their values",
            hint="freeze it with its checkpoint (tf.compat.v1.graph_util.convert_variables_to_constants), "
            "or write a SavedModel",
        )
    if tables := [name for name, node in needed.items() if node.op in _TABLES]:
        before = Argument("outputs", ...)
        raise ModelError(
            f"{graph.origin}: its outputs need lookup tables ({listed(tables)}), whose contents a graph cannot hold",
            hint=f"name outputs before the lookup, the scores: {before}",
            arguments=[before],
        )


def _guesses(entries: list[InputTensor], size: tuple[int, int] | None) -> list[list[InputTensor]]:
    """The inputs; a picture of unknown channels is in colour, and gray if the graph does not take colours.

    One of unknown shape may have no axis of channels.
    """
    if size is None or sum(_channels_open(entry.shape) for entry in entries) != 1:
        return [entries]
    return [
        [replace(entry, shape=(None, *size, *channels)) if _channels_open(entry.shape) else entry for entry in entries]
        for channels in ((3,), (1,), ())
        if channels or all(entry.shape is None or not _channels_open(entry.shape) for entry in entries)
    ]


def _channels_open(shape: Shape) -> bool:
    return shape is None or (len(shape) == 4 and shape[3] is None and shape[1] not in (1, 3))
