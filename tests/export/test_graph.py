"""Frozen graphs keep what they compute."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aoi_modules.errors import ModelError, StoreError
from aoi_modules.export import graph as graphs
from aoi_modules.export.graph import GraphDef, NodeDef
from aoi_modules.tf import tf

SPEC = tf.TensorSpec((None, 2), tf.float32)
ROWS = np.array([[1, 2], [3, 4]], np.float32)


def doubled() -> tuple[GraphDef, list[str], dict[str, str]]:
    """x -> {more: 2 x + 1, less: 2 x}, the 2 a variable."""
    two = tf.Variable(2.0)
    function = tf.function(lambda x: {"more": two * x + 1.0, "less": two * x}, input_signature=[SPEC])
    return graphs.freeze(function.get_concrete_function())


def test_freezing_makes_constants_of_variables() -> None:
    graph, (takes,), gives = doubled()
    assert gives.keys() == {"more", "less"}
    assert not {node.op for node in graph.node} & {"VarHandleOp", "ReadVariableOp"}
    with tf.compat.v1.Session(graph=graphs.imported(graph)) as session:
        found = session.run(gives, {takes: ROWS})
    np.testing.assert_array_equal(found["more"], 2 * ROWS + 1)
    np.testing.assert_array_equal(found["less"], 2 * ROWS)


def test_a_table_cannot_become_a_constant() -> None:
    keys = tf.lookup.KeyValueTensorInitializer(["a"], [1.0])
    table = tf.lookup.StaticHashTable(keys, 0.0)
    function = tf.function(lambda x: {"y": table.lookup(x)}, input_signature=[tf.TensorSpec((None,), tf.string)])
    graph, takes, _ = graphs.freeze(function.get_concrete_function())
    assert len(takes) == 2  # the table stays an input, which `joining` refuses
    assert graph.node


def chain() -> GraphDef:
    """image -> first -> head, and a node that nobody needs."""
    held = tf.Graph()
    with held.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 2), name="image")
        first = tf.multiply(image, tf.constant(3.0, name="three"), name="first")
        tf.add(first, first, name="head")
        tf.negative(image, name="idle")
    return held.as_graph_def()


def test_pruning_keeps_what_is_needed_and_no_notes() -> None:
    graph = chain()
    graph.node[0].attr["_note"].s = b"left by a tool"
    kept = graphs.pruned(graph, ["head"])
    assert {node.name for node in kept.node} == {"image", "three", "first", "head"}
    assert not any(key.startswith("_") for node in kept.node for key in node.attr)


def test_nodes_come_after_those_that_they_take_from() -> None:
    graph = chain()
    backwards = GraphDef(node=reversed(graph.node))
    names = [node.name for node in graphs.in_order(backwards)]
    for node in graph.node:
        for taken in map(graphs.node_of, node.input):
            assert names.index(taken) < names.index(node.name)
    assert {node.name for node in graphs.in_order(backwards, ["first"])} == {"image", "three", "first"}


def test_the_optimizer_keeps_the_answers() -> None:
    graph = graphs.optimize(chain(), ["head"])
    assert "idle" not in {node.name for node in graph.node}
    (found,) = graphs.run_frozen(graph, [{"image": ROWS}], ["head"])
    np.testing.assert_array_equal(found["head"], 6 * ROWS)


def test_batches_are_run_one_after_the_other() -> None:
    found = graphs.run_frozen(chain(), [{"image": ROWS}, {"image": ROWS[:1]}], ["head"])
    assert [len(answers["head"]) for answers in found] == [2, 1]


@pytest.mark.parametrize(
    ("name", "node", "tensor"), [("conv", "conv", "conv:0"), ("conv:1", "conv", "conv:1"), ("a/b:0", "a/b", "a/b:0")]
)
def test_names_of_nodes_and_tensors(name: str, node: str, tensor: str) -> None:
    assert (graphs.node_of(name), graphs.tensor_of(name)) == (node, tensor)
    assert graphs.node_of(f"^{node}") == node


@given(arrays.arrays(st.sampled_from([np.float32, np.int64, np.uint8]), arrays.array_shapes(max_dims=3)))
def test_a_constant_holds_its_value(value: np.ndarray) -> None:
    graph = GraphDef(node=[graphs.constant("value", value), NodeDef(name="same", op="Identity", input=["value"])])
    graph.node[1].attr["T"].type = graph.node[0].attr["dtype"].type
    found = graphs.constants(graph)
    assert found.keys() == {"value", "same"}
    assert found["same"].dtype == value.dtype
    np.testing.assert_array_equal(found["same"], value)


def test_digests_differ_by_type_shape_and_content() -> None:
    values = [np.zeros(4, np.float32), np.zeros(4, np.int32), np.zeros((2, 2), np.float32), np.ones(4, np.float32)]
    assert len({graphs.digest(value) for value in values}) == 4
    assert graphs.digest(values[0]) == graphs.digest(values[0].copy())
    texts = np.array([b"a", b"b"], object)
    assert graphs.digest(texts) != graphs.digest(texts[::-1])


def test_a_frozen_file_is_read_or_named(tmp_path: Path) -> None:
    file = tmp_path / "pixels.pb"
    with pytest.raises(StoreError, match=r"pixels\.pb: cannot be read: No such file"):
        graphs.read_frozen(file)
    file.write_bytes(chain().SerializeToString())
    assert graphs.read_frozen(file) == chain()
    file.write_bytes(b"\xff\xff")
    with pytest.raises(ModelError, match=r"pixels\.pb: damaged, no graph of TensorFlow"):
        graphs.read_frozen(file)


def test_convolutions_in_groups_are_operations_that_every_engine_has() -> None:
    kernel = np.random.default_rng(0).normal(size=(3, 3, 2, 6)).astype("float32")

    @tf.function(jit_compile=True)
    def grouped(pictures: tf.Tensor) -> tf.Tensor:
        return tf.nn.conv2d(pictures, kernel, 1, "SAME")

    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 6))])
    def whole(pictures: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"map": grouped(pictures)}

    frozen, [taken], gives = graphs.freeze(whole.get_concrete_function())
    wanted = [graphs.node_of(gives["map"])]
    optimized = graphs.optimize(graphs.pruned(frozen, wanted), wanted)
    assert {node.op for node in optimized.node} <= {"Placeholder", "Const", "Conv2D", "Identity"}
    pictures = np.random.default_rng(1).normal(size=(2, 4, 4, 6)).astype("float32")
    with tf.compat.v1.Session(graph=graphs.imported(optimized)) as session:
        found = session.run(gives["map"], feed_dict={taken: pictures})
    apart = [tf.nn.conv2d(pictures[..., at : at + 2], kernel[..., at : at + 2], 1, "SAME") for at in (0, 2, 4)]
    np.testing.assert_allclose(found, np.concatenate(apart, axis=-1), atol=1e-5)
