"""A SavedModel in a session -> its graph with constants, so that TensorFlow can compute ahead and fold.

Variables cost time in each call, and TensorFlow's optimizer folds nothing into them: batch norm stays an operation of
its own. A frozen small network answers in half the time.
"""

from collections.abc import Collection
from typing import Any

from aoi_modules.errors import ModelError
from aoi_modules.first_line import first_line
from aoi_modules.serving.engines.operations import VARIABLES, Operations, keeps_state
from aoi_modules.tf import tf

from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_from_session_graph
from tensorflow.python.util import deprecation


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
    if states := sorted(filter(keeps_state, Operations(graph).all())):
        raise ModelError(f"it keeps a state: {', '.join(states)}")
    return graph, any(node.op in VARIABLES for node in whole.node)
