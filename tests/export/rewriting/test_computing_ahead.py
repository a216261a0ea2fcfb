from collections import Counter

import numpy as np

from aoi_modules.export.graph import optimize, run_frozen
from aoi_modules.export.rewriting.computing_ahead import compute_ahead
from aoi_modules.export.rewriting.folding import fold
from aoi_modules.tf import tf


def test_what_needs_no_input_becomes_a_constant() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 4), name="image")
        variance, gamma = tf.constant([1.0, 4.0, 9.0, 16.0]), tf.constant([2.0, 2.0, 3.0, 4.0])
        tf.identity(image * (tf.math.rsqrt(variance + 0.0) * gamma), name="head")
    small = compute_ahead(graph.as_graph_def(), ["head"])
    assert Counter(node.op for node in small.node) == {"Placeholder": 1, "Const": 1, "Mul": 1, "Identity": 1}
    batch = {"image": np.ones((1, 4), np.float32)}
    np.testing.assert_allclose(run_frozen(small, [batch], ["head"])[0]["head"], [[2, 1, 1, 1]], rtol=1e-6)


def test_random_numbers_and_outputs_are_left_alone() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (2,), name="image")
        tf.add(image, tf.random.uniform((2,)), name="head")
        tf.add(tf.constant(1.0), tf.constant(2.0), name="three")
    operations = Counter(node.op for node in compute_ahead(graph.as_graph_def(), ["head", "three"]).node)
    assert (operations["RandomUniform"], operations["AddV2"]) == (1, 2)


def test_the_order_of_steps_survives_chains_of_products() -> None:
    """TensorFlow 2.21 ends the process when its optimizer meets these before they are folded."""
    random = np.random.default_rng(0)
    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 8, 9, 3), name="image")
        x = tf.nn.conv2d(x, random.normal(size=(3, 3, 3, 4)).astype(np.float32), 1, "SAME")
        for _ in range(3):
            x = x * tf.constant(random.normal(size=4).astype(np.float32))
        tf.nn.relu(x, name="head")
    small = optimize(fold(compute_ahead(graph.as_graph_def(), ["head"]), ["head"]), ["head"])
    assert "Mul" not in {node.op for node in small.node}


def test_lists_of_tensors_are_no_constants_but_what_they_are_made_of_is() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (2,), name="image")
        steps = tf.raw_ops.TensorListReserve(
            element_shape=tf.constant([2]) + 0, num_elements=tf.constant(1) + 1, element_dtype=tf.float32
        )
        for number in range(2):
            steps = tf.raw_ops.TensorListSetItem(input_handle=steps, index=number, item=image * (number + 1.0))
        stacked = tf.raw_ops.TensorListStack(input_handle=steps, element_shape=[2], element_dtype=tf.float32)
        tf.identity(stacked, name="head")
    small = compute_ahead(graph.as_graph_def(), ["head"])
    assert "AddV2" not in {node.op for node in small.node}
    found = run_frozen(small, [{"image": np.ones(2, np.float32)}], ["head"])[0]["head"]
    np.testing.assert_array_equal(found, [[1, 1], [2, 2]])
