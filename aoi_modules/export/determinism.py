"""Whether a network gives the same scores for the same pictures whenever it runs: what a servable promises.

Dropout that was left on draws random numbers, and a recurrent layer that keeps its state remembers the pictures before.
What a network only does beside scoring, such as counting its calls or the draws of a dropout that is off, is cut away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef, NodeDef, definition, inlined, node_of
from aoi_modules.tf import tf

from tensorflow.python.framework import op_def_registry

_RANDOM = re.compile(
    r"Random(?!Dataset)|Stateful(Uniform|StandardNormal|TruncatedNormal)|(Parameterized)?TruncatedNormal|Multinomial"
    r"|NonDeterministicInts|Rng|SampleDistorted|\w+CandidateSampler"
)
_SEEDED = re.compile(r"Stateless(Random|Truncated|Multinomial|Parameterized|SampleDistorted)")
"""Random numbers out of a seed: the same ones each time, unless the seed is a variable that changes."""
_CHANGING = re.compile(r"Assign|Resource(Sparse)?Apply|ResourceScatter|ResourceStridedSliceAssign|ResourceCountUpTo")
_BRANCHES = ("If", "StatelessIf", "Case", "StatelessCase", "Merge")
"""Where a switch decides what runs; how it stands is seen by running the network twice."""
_PROMISE = "a servable gives the same scores for the same picture"


def deterministic(function: Any, origin: str) -> Any:
    """A function whose results follow from its inputs alone: the one that was given, if it changes no variable.

    Args:
        function: concrete function that returns a dict of tensors.
        origin: for messages.

    Raises:
        ModelError: it draws random numbers, or its results follow from variables that it changes itself.
    """
    graph, results = definition(function), [tensor.name for tensor in function.outputs]
    if drawing := [node for node in _scoring(graph, results) if _RANDOM.match(node.op) and _acts(node)]:
        raise _random(drawing, origin)
    if not any(map(_changes, _with_bodies(graph, graph.node))):
        return function
    graph = inlined(function)
    needed = list(_needed({node.name: node for node in graph.node}, results))
    if remembering := _remembering(graph, needed):
        seeded = [node for node in _scoring(graph, results) if _SEEDED.match(node.op)]
        raise _random(seeded, origin) if seeded else _stateful(remembering, origin)
    return _without_changes(function, graph, {node.name for node in needed})


def _random(drawing: list[NodeDef], origin: str) -> ModelError:
    return ModelError(
        f"{origin}: draws random numbers while it scores ({_described(drawing)}), and {_PROMISE}",
        hint="dropout, noise or augmentation was left on: save the model for inference (training=False); where Keras "
        "left its layers of augmentation on in a SavedModel, export the .keras file",
    )


def _stateful(remembering: list[NodeDef], origin: str) -> ModelError:
    return ModelError(
        f"{origin}: keeps a state: its scores follow from variables that it changes while it scores "
        f"({_described(remembering)}), and {_PROMISE}, whatever came before it",
        hint="build it without (stateful=False, batch norm with training=False), and load its weights into that",
    )


def _remembering(graph: GraphDef, needed: list[NodeDef]) -> list[NodeDef]:
    """The nodes that change a variable which is read for the results, or any variable in the body of a loop."""
    names = {node.name: node for node in graph.node}
    read = {_variable(tensor, names) for node in needed for tensor in node.input}
    outside = [node for node in graph.node if _changes(node) and _variable(node.input[0], names) in read]
    return outside + [node for node in _with_bodies(graph, needed) if node.name not in names and _changes(node)]


def _variable(tensor: str, nodes: Mapping[str, NodeDef]) -> str:
    """The node that holds a variable, seen through the nodes that only pass it on."""
    name = node_of(tensor)
    while name in nodes and nodes[name].op == "Identity":
        name = node_of(nodes[name].input[0])
    return name


def _without_changes(function: Any, graph: GraphDef, needed: set[str]) -> Any:
    """The function with only what its results are made of; it takes the same variables."""
    kept = GraphDef(versions=graph.versions, library=graph.library)
    kept.node.extend(node for node in graph.node if node.name in needed)
    for node in kept.node:
        node.input[:] = [tensor for tensor in node.input if node_of(tensor) in needed]  # what ran first only is gone
    captured = {inside.name: outside for outside, inside in function.graph.captures}
    variables = {name: outside for name, outside in captured.items() if node_of(name) in needed}
    own = [tensor for tensor in function.inputs if tensor.name not in captured]
    results = [tensor.name for tensor in function.outputs]

    def imported(*values: tf.Tensor) -> dict[str, tf.Tensor]:
        fed = {tensor.name: value for tensor, value in zip(own, values, strict=True)}
        fed |= {name: tf.compat.v1.get_default_graph().capture(variable) for name, variable in variables.items()}
        taken = {name: value for name, value in fed.items() if node_of(name) in needed}
        found = tf.graph_util.import_graph_def(kept, input_map=taken, return_elements=results, name="")
        # Outputs leave a function in the order in which TensorFlow flattens a dict: by key.
        return dict(zip(sorted(function.structured_outputs), found, strict=True))

    pure = tf.compat.v1.wrap_function(imported, [tf.TensorSpec.from_tensor(tensor) for tensor in own])
    pure.graph.variables = function.graph.variables  # which a wrapped function does not know of captured ones
    return pure


def _scoring(graph: GraphDef, results: Iterable[str]) -> Iterator[NodeDef]:
    """The nodes that reach the results however switches stand, those in the bodies of loops and calls included."""
    functions = {function.signature.name: function for function in graph.library.function}
    parts: list[tuple[Iterable[NodeDef], Iterable[str]]] = [(graph.node, results)]
    while parts:
        nodes, ends = parts.pop()
        for node in _needed({node.name: node for node in nodes}, ends, _BRANCHES):
            yield node
            called = [functions.pop(name) for name in _calls(node) if name in functions and node.op not in _BRANCHES]
            parts += [(function.node_def, function.ret.values()) for function in called]


def _needed(nodes: Mapping[str, NodeDef], results: Iterable[str], ends: Sequence[str] = ()) -> Iterator[NodeDef]:
    """The nodes that results are made of; what only runs before them, or is behind one of `ends`, is left out."""
    waiting, seen = [node_of(name) for name in results], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in nodes:  # arguments of a function are no nodes
            continue
        seen.add(name)
        yield nodes[name]
        if nodes[name].op not in ends:
            waiting += [node_of(tensor) for tensor in nodes[name].input if not tensor.startswith("^")]


def _with_bodies(graph: GraphDef, nodes: Iterable[NodeDef]) -> Iterator[NodeDef]:
    """Some nodes, and those in the functions that they call."""
    functions = {function.signature.name: function for function in graph.library.function}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for name in _calls(node):
            if name in functions:
                waiting += functions.pop(name).node_def


def _calls(node: NodeDef) -> list[str]:
    """Names of the functions that a node may call."""
    named = [called.name for value in node.attr.values() for called in (value.func, *value.list.func)]
    return [node.op, *filter(None, named)]


def _changes(node: NodeDef) -> bool:
    return bool(_CHANGING.match(node.op)) and _acts(node)


def _acts(node: NodeDef) -> bool:
    """Whether an operation does more than compute; of those in the form of TensorFlow 1 some are not marked so."""
    operation = op_def_registry.get(node.op)
    return operation is not None and (operation.is_stateful or any(taken.is_ref for taken in operation.input_arg))


def _described(nodes: list[NodeDef]) -> str:
    """The first of some nodes, and how many more there are."""
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"{nodes[0].op} in {nodes[0].name}{more}"
