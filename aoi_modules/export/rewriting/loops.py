"""Loops over tiles: their bodies hold their own constants, and are folded as the rest of a graph is.

A frozen loop is given its weights as arguments and hands them on unchanged from step to step. In its body they are no
constants, so neither we nor an engine can fold a batch norm there.
"""

from collections.abc import Collection, Mapping, Sequence

from aoi_modules.export.graph import GraphDef, NodeDef, constant, constants, imported, node_of, tensor_of
from aoi_modules.export.rewriting.computing_ahead import compute_ahead
from aoi_modules.export.rewriting.folding import fold
from aoi_modules.wire.tensors import Array

from tensorflow.core.framework.function_pb2 import FunctionDef, FunctionDefLibrary
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph_def
from tensorflow.python.framework.graph_to_function_def import graph_to_function_def

_LOOPS = ("While", "StatelessWhile")


def fold_loops(graph: GraphDef) -> GraphDef:
    """The same graph, in which loops have no constants among their arguments, and their bodies are folded."""
    values = constants(graph)
    functions = {function.signature.name: function for function in graph.library.function}
    result = GraphDef(versions=graph.versions, library=graph.library)
    moved: dict[str, str] = {}
    for node in graph.node:
        body = functions.get(node.attr["body"].func.name) if node.op in _LOOPS else None
        fixed = {} if body is None else _fixed(node, body, values)
        if body is None or not fixed:
            result.node.append(node)
            continue
        kept = [place for place in range(len(node.input)) if place not in fixed]
        moved |= {f"{node.name}:{place}": node.input[place] for place in fixed}
        moved |= {f"{node.name}:{place}": f"{node.name}:{new}" for new, place in enumerate(kept)}
        result.node.append(_loop(node, kept))
        for role in ("body", "cond"):
            function = functions[node.attr[role].func.name]
            result.library.function.append(_function(function, fixed, kept if role == "body" else [0], graph.library))
            result.node[-1].attr[role].func.name = result.library.function[-1].signature.name
    for node in result.node:
        node.input[:] = [moved.get(tensor_of(tensor), tensor) for tensor in node.input]
    return result


def _fixed(loop: NodeDef, body: FunctionDef, values: Mapping[str, Array]) -> dict[int, Array]:
    """The constants that a loop hands on unchanged, by the place of the argument."""
    arguments, results = body.signature.input_arg, body.signature.output_arg
    return {
        place: values[node_of(tensor)]
        for place, tensor in enumerate(loop.input)
        if node_of(tensor) in values and body.ret[results[place].name] == arguments[place].name
    }


def _loop(loop: NodeDef, kept: Sequence[int]) -> NodeDef:
    """A loop with some of its arguments only."""
    found = NodeDef()
    found.CopyFrom(loop)
    found.input[:] = [loop.input[place] for place in kept]
    types, shapes = loop.attr["T"].list.type, loop.attr["output_shapes"].list.shape
    found.attr["T"].list.type[:] = [types[place] for place in kept]
    if shapes:
        del found.attr["output_shapes"].list.shape[:]
        found.attr["output_shapes"].list.shape.extend(shapes[place] for place in kept)
    return found


def _function(
    function: FunctionDef, fixed: Mapping[int, Array], results: Collection[int], library: FunctionDefLibrary
) -> FunctionDef:
    """A function whose fixed arguments are constants inside it, folded, with some of its results only."""
    body, flat = function_def_to_graph_def(function)
    body.library.CopyFrom(library)
    names = [argument.name for argument in function.signature.input_arg]
    given = {names[place]: value for place, value in fixed.items()}
    nodes = [constant(node.name, given[node.name]) if node.name in given else node for node in body.node]
    held = GraphDef(versions=body.versions, library=library, node=nodes)
    tensors = [flat[function.ret[function.signature.output_arg[place].name]] for place in results]
    outputs = list(dict.fromkeys(map(node_of, tensors)))
    folded = fold(compute_ahead(held, outputs), outputs)
    present = {node.name for node in folded.node}
    arguments = [name for name in names if name not in given]
    folded.node.extend(node for node in nodes if node.name in arguments and node.name not in present)
    graph = imported(folded)
    inputs = [graph.get_tensor_by_name(f"{name}:0") for name in arguments]
    inside = [operation for operation in graph.get_operations() if operation.name not in arguments]
    made: FunctionDef = graph_to_function_def(
        graph, inside, inputs, [graph.get_tensor_by_name(tensor) for tensor in tensors]
    )
    made.signature.name = f"{function.signature.name}_folded"
    return made
