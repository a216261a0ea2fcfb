from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.export.graph import GraphDef, constants, run_frozen
from aoi_modules.export.rewriting.sharing import share
from aoi_modules.tf import tf

WEIGHTS = np.random.default_rng(0).normal(size=(3, 4, 4)).astype(np.float32)


def stack(layers: list[list[int]]) -> GraphDef:
    """One output `head_<n>` for each list: matrices by number, one after the other, each copied for each head."""
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 4), name="image")
        for number, matrices in enumerate(layers):
            x = image
            for matrix in matrices:
                x = tf.nn.relu(tf.matmul(x, tf.constant(WEIGHTS[matrix])))
            tf.identity(x, name=f"head_{number}")
    return graph.as_graph_def()


def operations(graph: GraphDef) -> Counter[str]:
    return Counter(node.op for node in graph.node)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), max_size=4), min_size=1, max_size=4))
def test_as_many_products_stay_as_there_are_different_beginnings(layers: list[list[int]]) -> None:
    heads = [f"head_{number}" for number in range(len(layers))]
    whole = stack(layers)
    shared = share(whole, heads)
    beginnings = {tuple(matrices[: at + 1]) for matrices in layers for at in range(len(matrices))}
    assert operations(shared)["MatMul"] == len(beginnings)
    assert len(constants(shared)) == len({matrix for matrices in layers for matrix in matrices})
    batch = {"image": np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)}
    before, after = run_frozen(whole, [batch], heads)[0], run_frozen(shared, [batch], heads)[0]
    assert all(np.array_equal(before[head], after[head]) for head in heads)


def test_two_outputs_of_the_same_scores_keep_both_names() -> None:
    shared = share(stack([[0], [0]]), ["head_0", "head_1"])
    assert {"head_0", "head_1"} <= {node.name for node in shared.node}
    assert operations(shared)["MatMul"] == 1


def test_numbers_drawn_at_random_are_never_shared() -> None:
    graph = tf.Graph()
    with graph.as_default():
        for name in ("head_0", "head_1"):
            tf.identity(tf.random.uniform((2,)), name=name)
    assert operations(share(graph.as_graph_def(), ["head_0", "head_1"]))["RandomUniform"] == 2


@pytest.mark.parametrize(("left", "right", "count"), [(1.0, 1.0, 1), (1.0, 2.0, 2)])
def test_attributes_and_weights_decide(left: float, right: float, count: int) -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 4), name="image")
        for name, slope in (("head_0", left), ("head_1", right)):
            tf.identity(tf.raw_ops.LeakyRelu(features=image, alpha=slope), name=name)
    assert operations(share(graph.as_graph_def(), ["head_0", "head_1"]))["LeakyRelu"] == count
