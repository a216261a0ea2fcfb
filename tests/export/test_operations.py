"""Operations that a stock TensorFlow does not have are found wherever they stand in a graph."""

from aoi_modules.export.graph import GraphDef
from aoi_modules.export.operations import foreign_operations
from aoi_modules.tf import tf


def test_operations_of_added_libraries_and_of_python_are_found_in_the_graph_and_in_its_functions() -> None:
    graph = GraphDef()
    graph.node.add(name="x", op="Placeholder")
    graph.node.add(name="mine", op="Mine", input=["x"])
    body = graph.library.function.add()
    body.signature.name = "body"
    graph.node.add(name="call", op="body", input=["mine"])
    body.node_def.add(name="python", op="PyFunc")
    body.node_def.add(name="sum", op="AddV2")
    assert foreign_operations(graph) == ["Mine", "PyFunc"]


def test_stock_operations_are_not_foreign() -> None:
    function = tf.function(lambda x: tf.while_loop(lambda y: tf.reduce_sum(y) < 9, lambda y: y + 1, [x]))
    graph = function.get_concrete_function(tf.TensorSpec((3,), tf.float32)).graph.as_graph_def()
    assert foreign_operations(graph) == []
