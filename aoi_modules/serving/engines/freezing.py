"""A SavedModel in a session -> its graph with constants, so that TensorFlow can compute ahead and fold.

Variables cost time in each call, and TensorFlow's optimizer folds nothing into them: batch norm stays an operation of
its own. A frozen small network answers in half the time.
"""

from collections.abc import Collection
from typing import Any

from aoi_modules.errors import ModelError, first_line
from aoi_modules.tf import tf

from tensorflow.python.framework import op_def_registry
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_from_session_graph
from tensorflow.python.util import deprecation

_VARIABLES = {"VarHandleOp", "VariableV2", "Variable"}
_HARMLESS = {"StatefulPartitionedCall", "While", "If", "Case", "Assert", "Print", "PrintV2", "Placeholder"}
"""Operations that TensorFlow counts as stateful because they may hold others that are; they keep nothing themselves."""


def frozen(session: tf.compat.v1.Session, outputs: Collection[str]) -> tuple[Any, bool]:
    """The part of a session's graph that computes some tensors, with constants for variables.

    Args:
        session: with the variables' values.
        outputs: names of tensors.

    Returns:
        The graph, and whether it had variables.

    Raises:
        ModelError: it has a state that must be kept, such as a table or a variable that it writes, or TensorFlow
            cannot convert it.
    """
    whole = session.graph.as_graph_def()
    nodes = sorted({name.partition(":")[0] for name in outputs})
    try:
        with deprecation.silence():  # it works on graphs in sessions, and there is no newer one for them
            graph = convert_variables_to_constants_from_session_graph(session, whole, nodes)
    except Exception as error:  # whatever its walk through the graph meets
        raise ModelError(f"TensorFlow cannot freeze it: {first_line(error)}") from None
    if states := sorted(filter(_keeps_state, _operations(graph))):
        raise ModelError(f"it keeps a state: {', '.join(states)}")
    return graph, any(node.op in _VARIABLES for node in whole.node)


def _operations(graph: Any) -> set[str]:
    """The operations of a graph and of the functions that it calls, directly or not."""
    functions = {function.signature.name: function for function in graph.library.function}
    found: set[str] = set()
    called: set[str] = set()
    waiting = [graph.node]
    while waiting:
        for node in waiting.pop():
            found.add(node.op)
            names = {node.op} | {name for value in node.attr.values() for name in _functions(value)}
            fresh = (names & functions.keys()) - called
            called |= fresh
            waiting += [functions[name].node_def for name in fresh]
    return found


def _functions(value: Any) -> list[str]:
    """The functions that an attribute names."""
    return [value.func.name, *(function.name for function in value.list.func)]


def _keeps_state(operation: str) -> bool:
    known = op_def_registry.get(operation)  # None: a function of the graph, whose operations are looked at themselves
    return operation in _VARIABLES or (known is not None and known.is_stateful and operation not in _HARMLESS)
