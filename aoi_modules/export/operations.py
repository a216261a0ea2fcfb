"""Operations that a stock TensorFlow does not have: those of added libraries, and those that call back into Python."""

from itertools import chain

from aoi_modules.export.graph import GraphDef

from tensorflow.python.framework import op_def_registry

_PYTHON_ONLY = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
"""Operations that call back into the Python process that made them; a model server has none."""


def foreign_operations(graph: GraphDef) -> list[str]:
    """Names of all such operations in a graph and the functions that it brings along, each once."""
    functions = {function.signature.name for function in graph.library.function}
    nodes = chain(graph.node, *(function.node_def for function in graph.library.function))
    used = {node.op for node in nodes} - functions
    return sorted(op for op in used if op in _PYTHON_ONLY or op_def_registry.get(op) is None)
