"""Which operations a graph needs for some of its tensors, those of the functions that it calls among them."""

from collections.abc import Collection, Iterable
from typing import Any

from tensorflow.python.framework import op_def_registry

PYTHON = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
"""Operations that call back into the program that made the graph, and work nowhere else."""
_HARMLESS = frozenset({
    "StatefulPartitionedCall", "While", "If", "Case", "Assert", "Print", "PrintV2", "Placeholder", "StatelessWhile",
})  # fmt: skip
"""Operations that TensorFlow counts as stateful because they may hold others that are; they keep nothing themselves."""
VARIABLES = frozenset({"VarHandleOp", "VariableV2", "Variable"})
_READS = frozenset({
    *VARIABLES, *PYTHON, "ReadVariableOp", "VarIsInitializedOp", "ResourceGather", "ResourceGatherNd", "HashTable",
    "HashTableV2", "MutableHashTable", "MutableHashTableV2", "LookupTableFind", "LookupTableFindV2", "LookupTableSize",
    "LookupTableSizeV2", "IteratorV2", "Iterator", "OneShotIterator", "IteratorGetNext",
})  # fmt: skip
"""Operations on what a model keeps that leave it as it is."""
_PASSING = ("Random", "Stateful", "TensorArray", "Stack", "Multinomial", "TruncatedNormal", "ParameterizedTruncated")
"""Beginnings of the names of operations whose state nobody misses: chance, and what lasts for one call."""


class Operations:
    """The operations of a graph.

    Args:
        graph: a GraphDef with its library of functions.
    """

    def __init__(self, graph: Any) -> None:
        self._nodes = {node.name: node for node in graph.node}
        self._functions = {function.signature.name: function for function in graph.library.function}

    def all(self) -> set[str]:
        """Names every operation of the graph and of the functions that it calls, directly or not."""
        return self._with_functions(self._nodes.values())

    def computing(self, tensors: Collection[str]) -> set[str]:
        """Names the operations that the tensors of these names depend on."""
        waiting = [_node_name(tensor) for tensor in tensors]
        found: dict[str, Any] = {}
        while waiting:
            name = waiting.pop()
            if name in self._nodes and name not in found:
                found[name] = self._nodes[name]
                waiting += map(_node_name, found[name].input)
        return self._with_functions(found.values())

    def _with_functions(self, nodes: Iterable[Any]) -> set[str]:
        found: set[str] = set()
        called: set[str] = set()
        waiting = [nodes]
        while waiting:
            for node in waiting.pop():
                found.add(node.op)
                names = {node.op} | {name for value in node.attr.values() for name in _function_names(value)}
                fresh = (names & self._functions.keys()) - called
                called |= fresh
                waiting += [self._functions[name].node_def for name in fresh]
        return found


def keeps_state(operation: str) -> bool:
    """Whether an operation remembers something from one call to the next."""
    known = op_def_registry.get(operation)  # None: a function of the graph, whose operations are looked at themselves
    return operation in VARIABLES or (known is not None and known.is_stateful and operation not in _HARMLESS)


def changes_state(operation: str) -> bool:
    """Whether an operation may change what a model keeps, so that one call more would be noticed."""
    known = op_def_registry.get(operation)
    if known is None or operation in _READS or operation.startswith(_PASSING):
        return False
    return keeps_state(operation) or any(argument.is_ref for argument in known.input_arg)


def _node_name(tensor: str) -> str:
    """The node that a tensor `name:0`, or a control input `^name`, comes from."""
    return tensor.removeprefix("^").partition(":")[0]


def _function_names(value: Any) -> list[str]:
    """The functions that an attribute names."""
    return [value.func.name, *(function.name for function in value.list.func)]
