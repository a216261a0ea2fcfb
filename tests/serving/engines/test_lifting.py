"""Large constants become variables, wherever they stand, and answers stay what they were."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aoi_modules.serving.engines import lifting
from aoi_modules.tf import tf

from tensorflow.core.framework.graph_pb2 import GraphDef

SIDE = 300
WEIGHTS = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
PICTURES = np.random.default_rng(1).normal(size=(2, SIDE)).astype(np.float32)


def graph_of(function: Callable[[Any], Any]) -> GraphDef:
    """The graph of TensorFlow 1 in which a function computes y from x."""
    with tf.Graph().as_default() as graph:
        tf.identity(function(tf.compat.v1.placeholder(tf.float32, (None, SIDE), name="x")), name="y")
    return graph.as_graph_def()


def called(function: Callable[[Any], Any]) -> GraphDef:
    """The same with the function in the library of functions, called from within another one."""
    signature = [tf.TensorSpec((None, SIDE), tf.float32)]
    inner = tf.function(function, input_signature=signature)
    return graph_of(tf.function(lambda x: inner(x) + 0.0, input_signature=signature))


def answer(graph: GraphDef, constants: list[lifting.Lifted]) -> Any:
    with tf.Graph().as_default() as own, tf.compat.v1.Session(graph=own) as session:
        tf.import_graph_def(graph, name="")
        lifting.restore(session, constants)
        assert constants == []
        return session.run("y:0", {"x:0": PICTURES})


def operations(graph: GraphDef) -> Counter[str]:
    bodies = [graph.node, *(function.node_def for function in graph.library.function)]
    return Counter(node.op for nodes in bodies for node in nodes)


@pytest.mark.parametrize("make", [graph_of, called])
@pytest.mark.parametrize(
    ("function", "lifted"),
    [
        (lambda x: x @ tf.constant(WEIGHTS), 1),
        (lambda x: x @ tf.constant(WEIGHTS) @ tf.identity(tf.constant(WEIGHTS.T)), 2),
        (lambda x: x @ tf.cast(tf.constant(WEIGHTS.astype(np.float16)), tf.float32), 0),
        (lambda x: x @ (tf.constant(WEIGHTS) * tf.constant(2.0)), 0),
        (lambda x: x @ tf.constant(WEIGHTS[:, :3]), 0),
        (lambda x: x + tf.cast(tf.gather(tf.constant(WEIGHTS.astype(np.int32)), 0), tf.float32), 0),
    ],
)
def test_what_is_read_with_pictures_is_lifted_and_what_is_computed_ahead_stays(
    make: Callable[..., GraphDef], function: Callable[[Any], Any], lifted: int
) -> None:
    graph = make(function)
    expected = answer(graph, [])
    constants = lifting.lift(graph)
    assert (len(constants), operations(graph)["VarHandleOp"]) == (lifted, lifted)
    assert graph.ByteSize() < (WEIGHTS.nbytes / 2 if lifted else np.inf)
    np.testing.assert_allclose(answer(graph, constants), expected, rtol=1e-4, atol=1e-4)


def test_a_loop_of_tensorflow_1_is_walked_to_its_end() -> None:
    def looped(x: Any) -> Any:
        weights = tf.constant(WEIGHTS)
        return tf.compat.v1.while_loop(lambda n, _: n < 3, lambda n, y: (n + 1, tf.tanh(y @ weights)), (0, x))[1]

    with tf.Graph().as_default():
        tf.compat.v1.disable_control_flow_v2()
        try:
            graph = graph_of(looped)
        finally:
            tf.compat.v1.enable_control_flow_v2()
    assert operations(graph)["Enter"]
    expected = answer(graph, [])
    np.testing.assert_allclose(answer(graph, lifting.lift(graph)), expected, rtol=1e-4, atol=1e-4)
