"""The operations of graphs, and what they do to a model's state."""

from typing import Any

import pytest

from aoi_modules.serving.engines.operations import Operations, changes_state, keeps_state
from aoi_modules.tf import tf


def graph() -> Any:
    """y = sin(x) by a function of a function; z = x + 1."""

    @tf.function
    def inner(x: Any) -> Any:
        return tf.sin(x)

    @tf.function
    def outer(x: Any) -> Any:
        return inner(x)

    with tf.Graph().as_default() as made:
        x = tf.compat.v1.placeholder(tf.float32, [], name="x")
        tf.identity(outer(x), name="y")
        tf.add(x, 1.0, name="z")
    return made.as_graph_def()


def test_functions_count_where_they_are_called() -> None:
    operations = Operations(graph())
    assert {"Sin", "AddV2", "Placeholder"} <= operations.all()
    assert "Sin" in operations.computing(["y:0"])
    assert {"Sin", "AddV2"} & operations.computing(["z:0"]) == {"AddV2"}
    assert operations.computing(["none:0"]) == set()


@pytest.mark.parametrize("operation", ["VariableV2", "VarHandleOp", "HashTableV2", "RandomUniform", "AssignVariableOp"])
def test_what_keeps_a_state(operation: str) -> None:
    assert keeps_state(operation)


@pytest.mark.parametrize("operation", ["MatMul", "StatefulPartitionedCall", "a function's own name"])
def test_what_keeps_none(operation: str) -> None:
    assert not keeps_state(operation)


@pytest.mark.parametrize(
    "operation", ["AssignVariableOp", "AssignAdd", "ScatterUpdate", "QueueDequeueV2", "WriteSummary"]
)
def test_what_changes_one(operation: str) -> None:
    assert changes_state(operation)


@pytest.mark.parametrize(
    "operation",
    ["ReadVariableOp", "VariableV2", "LookupTableFindV2", "RandomUniform", "TensorArrayV3", "MatMul", "EagerPyFunc"],
)
def test_what_leaves_it_as_it_is(operation: str) -> None:
    assert not changes_state(operation)
