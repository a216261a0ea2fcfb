"""Large constants of a graph -> variables: a session keeps a constant nine times, and a variable once.

Its graph is there in Python and in C++, before and after optimization, and in each operation that holds a constant.
What follows from constants alone stays as it is: TensorFlow computes it ahead, and of variables in each call.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aoi_modules.tf import tf
from aoi_modules.wire.tensors import Array

from tensorflow.core.framework import types_pb2
from tensorflow.python.framework import op_def_registry
from tensorflow.python.ops import gen_resource_variable_ops as operations

SMALLEST = 1 << 18
"""Bytes of a constant that is worth a variable."""
_NUMBERS = frozenset({types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE, types_pb2.DT_HALF, types_pb2.DT_BFLOAT16})
"""Weights are of these types; others may fill tables before a variable has its value."""
_HANDLE = "/lifted_handle"
_PASSING = "Identity"


@dataclass(frozen=True)
class Lifted:
    """A constant that became a variable.

    Args:
        name: that its operations share.
        value: of the variable.
    """

    name: str
    value: Array


def lift(graph: Any) -> list[Lifted]:
    """Replaces the large constants of a graph and of its functions, and gives what was in them.

    Args:
        graph: a GraphDef; it is changed.
    """
    bodies: list[tuple[str, Any, Any]] = [("", graph.node, None)]
    bodies += [(function.signature.name, function.node_def, function.ret) for function in graph.library.function]
    return [lifted for owner, nodes, results in bodies for lifted in _lift_in(owner, nodes, results)]


def restore(session: tf.compat.v1.Session, constants: list[Lifted]) -> None:
    """Gives the variables of a session their values. The list is empty afterwards, so that each is there only once."""
    with session.graph.as_default():
        steps = [_assignment(one) for one in constants]
    for value, assign in reversed(steps):
        session.run(assign, {value: constants.pop().value})


def _assignment(constant: Lifted) -> tuple[Any, Any]:
    """Where the value goes in, and the operation that keeps it."""
    dtype, shape = tf.as_dtype(constant.value.dtype), constant.value.shape
    handle = operations.var_handle_op(dtype, shape, shared_name=constant.name)
    value = tf.compat.v1.placeholder(dtype, shape)
    return value, operations.assign_variable_op(handle, value)


def _lift_in(owner: str, nodes: Any, results: Any) -> Iterator[Lifted]:
    """Lifts within one graph: the whole one, or a function's body, whose results have names of their own."""
    chosen = _chosen(nodes)
    for node in chosen:
        name = f"{owner}/{node.name}"
        yield Lifted(name, tf.make_ndarray(node.attr["value"].tensor))
        handle = nodes.add(name=node.name + _HANDLE, op="VarHandleOp", device=node.device)
        handle.attr["dtype"].CopyFrom(node.attr["dtype"])
        handle.attr["shape"].shape.CopyFrom(node.attr["value"].tensor.tensor_shape)
        handle.attr["shared_name"].s = name.encode()
        handle.attr["container"].s = b""
        handle.attr["allowed_devices"].list.SetInParent()
        before = [given for given in node.input if given.startswith("^")]
        node.op = "ReadVariableOp"
        del node.attr["value"], node.input[:]
        node.input.extend([handle.name if results is None else f"{handle.name}:resource:0", *before])
    if chosen and results is not None:
        renamed = {f"{node.name}:output:0": f"{node.name}:value:0" for node in chosen}
        for node in nodes:
            for place, given in enumerate(node.input):
                node.input[place] = renamed.get(given, given)
        for result, given in results.items():
            results[result] = renamed.get(given, given)


def _chosen(nodes: Iterable[Any]) -> list[Any]:
    """The large constants that some operation reads together with what is not known ahead."""
    by_name = {node.name: node for node in nodes}
    large = {node.name for node in by_name.values() if _is_large(node)}
    if not large:
        return []
    known = _known_ahead(by_name)
    passed = {name: [name] for name in large}  # Identity -> the constants behind it
    needed: set[str] = set()
    for node in _in_order(by_name):
        sources = [source for given in _data(node) for source in passed.get(given, [])]
        if node.op == _PASSING:
            passed.setdefault(node.name, []).extend(sources)
        elif node.name not in known:
            needed.update(sources)
    folded = {
        source
        for node in by_name.values()
        if node.name in known and node.op not in (_PASSING, "Const")
        for given in _data(node)
        for source in passed.get(given, [])
    }
    return [by_name[name] for name in by_name if name in needed - folded]


def _is_large(node: Any) -> bool:
    if node.op != "Const" or node.attr["dtype"].type not in _NUMBERS:
        return False
    tensor = node.attr["value"].tensor
    count = int(np.prod([dim.size for dim in tensor.tensor_shape.dim]))
    # One number that stands for all takes no room in the file; it takes some in a session either way.
    return bool(count * tf.as_dtype(tensor.dtype).size >= SMALLEST)


def _known_ahead(by_name: dict[str, Any]) -> set[str]:
    """The operations that follow from constants alone."""
    known: set[str] = set()
    for node in _in_order(by_name):
        inputs = _data(node)
        described = op_def_registry.get(node.op)
        if node.op == "Const" or (
            inputs and described is not None and not described.is_stateful and known.issuperset(inputs)
        ):
            known.add(node.name)
    return known


def _in_order(by_name: dict[str, Any]) -> list[Any]:
    """Every node behind those that it needs; what stands in a loop, somewhere."""
    ordered: list[Any] = []
    seen: set[str] = set()
    for root in by_name.values():
        waiting = [(root, False)]
        while waiting:
            node, entered = waiting.pop()
            if entered:
                ordered.append(node)
            elif node.name not in seen:
                seen.add(node.name)
                waiting.append((node, True))
                waiting += [(by_name[given], False) for given in _data(node) if given in by_name]
    return ordered


def _data(node: Any) -> Sequence[str]:
    """The nodes whose values it reads."""
    return [given.partition(":")[0] for given in node.input if not given.startswith("^")]
